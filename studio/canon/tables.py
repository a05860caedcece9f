"""How vocabulary is written: a line is `meaning: words, words`, and goes on where the next is indented."""

from collections.abc import Iterator


def rows(text: str) -> Iterator[tuple[str, list[str]]]:
    """The lines of a table: what is meant, and the words for it."""
    for line in text.replace("\n ", " ").strip().splitlines():
        head, _, words = line.partition(":")
        yield head.strip(), listed(words)


def listed(text: str) -> list[str]:
    """Groups of words between commas; hyphens part words, as they do in a text."""
    return [" ".join(group.replace("-", " ").split()) for group in text.split(",") if group.strip()]


def words_of(text: str) -> frozenset[str]:
    """Single words, between spaces."""
    return frozenset(text.split())


def named(head: str) -> tuple[str, str]:
    """The name and the broader name of `name < broader`; "" where there is none."""
    name, _, above = head.partition("<")
    return name.strip(), above.strip()

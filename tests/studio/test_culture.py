import pytest

from studio.culture import Element, validate_text


@pytest.mark.parametrize(
    ("text", "term", "quotes"),
    [
        ("A geisha house.", "geisha", ["geisha"]),
        ("Geishas and GEISHA", "geisha", ["GEISHA"]),
        ("oriental  rug, Oriental\nrug", "oriental rug", ["oriental  rug", "Oriental\nrug"]),
        ("着物を着る", "着物", ["着物"]),
        ("c++ and c", "c++", ["c++"]),
        ("nothing of it", "katana", []),
    ],
)
def test_terms_are_found_as_whole_words_where_words_have_ends(
    text: str, term: str, quotes: list[str]
) -> None:
    verdict = validate_text(text, [Element("e", avoid=(term,))])
    assert [finding.quote for finding in verdict.findings] == quotes
    assert all(text[finding.start : finding.end] == finding.quote for finding in verdict.findings)
    assert verdict.verdict == ("warn" if quotes else "pass")


def test_what_cannot_be_judged_says_so() -> None:
    assert validate_text("  ", [Element("e", avoid=("x",))]).verdict == "not judged"
    assert validate_text("text", [Element("e", prefer=("x",))]).verdict == "not judged"

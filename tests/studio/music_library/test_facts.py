"""What tags say, whatever their format and whoever wrote them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.music_library.facts import Facts, in_effect, read_bpm, read_facts, read_tags, read_year
from studio.music_library.key_names import read_key


@pytest.mark.parametrize(
    ("raw", "facts"),
    [
        (
            {"tit2": ("Kaze",), "tbpm": ("128",), "tkey": ("Am",), "tdrc": ("2019-05-01",)},
            Facts(title="Kaze", bpm=128.0, key="8A", year=2019),
        ),
        (
            {"\xa9nam": ("Kaze",), "tmpo": ("128",), "----:com.apple.itunes:initialkey": ("8m",)},
            Facts(title="Kaze", bpm=128.0, key="3A"),
        ),
        (
            {"title": ("Kaze",), "bpm": ("127.98",), "initialkey": ("8A",), "genre": ("Rock/Pop", "Epic")},
            Facts(title="Kaze", genre="Rock/Pop", tags=("rock", "pop", "epic"), bpm=127.98, key="8A"),
        ),
        ({"wm/beatsperminute": ("90",), "author": ("X",)}, Facts(artist="X", bpm=90.0)),
        ({"tmpo": ("0",), "txxx:bpm": ("99,5",)}, Facts(bpm=99.5)),
        ({"tit2": ("  \0 ",), "tbpm": ("fast",), "tkey": ("o",)}, Facts()),
    ],
)
def test_each_format_has_its_names(raw: dict[str, tuple[str, ...]], facts: Facts) -> None:
    assert read_facts(raw) == facts


@pytest.mark.parametrize(
    ("text", "bpm"),
    [
        *(("128", 128.0), ("127,98", 127.98), ("128 BPM", 128.0), ("400", 400.0), ("0", None)),
        *((text, None) for text in ("19.9", "401", "-120", "1e2", "nan", "", "12800")),
    ],
)
def test_a_tempo_is_one_that_music_has(text: str, bpm: float | None) -> None:
    assert read_bpm(text) == bpm


@given(st.floats(20, 400).map(lambda bpm: round(bpm, 2)))
def test_a_tempo_that_is_written_is_read(bpm: float) -> None:
    assert read_bpm(f"{bpm:.2f}") == bpm


@pytest.mark.parametrize(
    ("text", "key"),
    [
        *(("8A", "8A"), ("08b", "8B"), ("12A", "12A"), ("Am", "8A"), ("A minor", "8A"), ("a moll", "8A")),
        *(("C", "8B"), ("F#m", "11A"), ("Gbm", "11A"), ("Ebmaj", "5B"), ("A♭ major", "4B"), ("AM", "11B")),
        *(("1d", "8B"), ("1m", "8A"), ("6m", "1A")),
        *((text, None) for text in ("13A", "0B", "H", "o", "", "8C")),
    ],
)
def test_keys_are_read_as_they_are_written(text: str, key: str | None) -> None:
    assert read_key(text) == key


@given(st.text(max_size=30))
def test_whatever_a_tag_holds_it_is_read_or_passed_over(text: str) -> None:
    read_key(text), read_bpm(text), read_year(text)
    for tag in read_tags([text]):
        assert tag
        assert "\0" not in tag
    facts = read_facts({"tit2": (text,), "tbpm": (text,), "tcon": (text,)})
    assert facts.title is None or ("\0" not in facts.title and facts.title.encode())


def test_a_persons_word_counts_most_then_the_files_then_the_lists() -> None:
    held = in_effect(
        {"title": "file", "artist": "file"},
        {"title": "list", "artist": "list", "album": "list"},
        {"title": "person"},
        name="name",
    )
    assert (held["title"], held["artist"], held["album"], held["year"]) == ("person", "file", "list", None)
    assert in_effect({}, {}, {}, name="01 song")["title"] == "01 song"

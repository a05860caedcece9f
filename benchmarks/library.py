"""The music library with 50,000 tracks: what a search takes, and what a scan that finds nothing new takes."""

import os
import random
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from sqlalchemy import text
from sqlmodel import Session

from benchmarks.postgres import migrated
from db.queries import library_scans, music_scan
from db.queries.music_matching import matching
from db.queries.music_search import Wanted, search
from db.session import engine, transaction
from tasks.library_scan import scan_folders

TRACKS: Final = 50_000
ROUNDS: Final = 400
MOST_SEARCH_MS: Final = 30.0
MOST_RESCAN_S: Final = 20.0
_SYLLABLES: Final = tuple(first + last for first in "kstnhmyr" for last in "aiueo")
_COMMON: Final = (
    *("love", "night", "epic", "theme", "opening", "ending"),
    *("battle", "orchestral", "piano", "remix", "sky", "dream"),
)
_GENRES: Final = ("Soundtrack", "J-Pop", "Orchestral", "Electronic", "Rock", "Jazz")
_KEYS: Final = tuple(f"{hour}{letter}" for hour in range(1, 13) for letter in "AB")


def main() -> None:
    with migrated() as (url, folder):
        os.environ["DATABASE_URL"] = url
        _time_searches()
        _time_rescan(folder)
        engine().dispose()


def _time_searches() -> None:
    """A mixed set of queries, each a transaction of its own, as requests are."""
    chance = random.Random(1)
    for start in range(0, TRACKS, 1_000):
        rows = [_track(number, chance) for number in range(start, start + 1_000)]
        with transaction() as session:
            music_scan.write_files(session, rows)
    with engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    for name, ask in _queries(chance).items():
        took_ms = sorted(_timed(ask) for _ in range(ROUNDS // 8))
        print(f"{name:<34} median {statistics.median(took_ms):6.2f} ms, p95 {_p95(took_ms):6.2f} ms")
    mixed = list(_queries(chance).values())
    took_ms = sorted(_timed(chance.choice(mixed)) for _ in range(ROUNDS))
    print(f"{TRACKS:,} tracks, all kinds mixed: p95 {_p95(took_ms):.1f} ms (at most {MOST_SEARCH_MS:.0f})")


def _queries(chance: random.Random) -> dict[str, Callable[[Session], Any]]:
    def word() -> str:
        return _word(chance)

    def looked_for(**wanted: Any) -> Callable[[Session], Any]:
        return lambda session: search(
            session, Wanted(**{k: v() if callable(v) else v for k, v in wanted.items()}), limit=51
        )

    def matched(**how: Any) -> Callable[[Session], Any]:
        return lambda session: matching(
            session,
            chance.uniform(60, 180),
            5.0,
            **{"tempos": True, "keys": (), "limit": 51, "skip": 0, **how},
        )

    return {
        "search: a rare word": looked_for(words=word),
        "search: a word of every tenth": looked_for(words=lambda: chance.choice(_COMMON)),
        "search: two words": looked_for(words=lambda: f"{chance.choice(_COMMON)} {chance.choice(_COMMON)}"),
        "search: the beginning of a word": looked_for(words=lambda: word()[:3]),
        "search: a misspelt word": looked_for(words=lambda: _slip(word(), chance)),
        "search: Japanese": looked_for(words="風の谷"),
        "search: artist, tempo and key": looked_for(
            artist=word, bpm_min=100.0, bpm_max=130.0, keys=("8A", "9A")
        ),
        "search: a word of every track": looked_for(words="track"),
        "search: tag and length": looked_for(tags=("rock",), length_min_s=100.0, length_max_s=140.0),
        "find-matching: 5 BPM": matched(),
        "find-matching: 5 BPM, in a key": matched(keys=("8A", "8B", "7A", "9A")),
    }


def _timed(ask: Callable[[Session], Any]) -> float:
    started = time.perf_counter()
    with transaction() as session:
        ask(session)
    return (time.perf_counter() - started) * 1000


def _p95(took_ms: list[float]) -> float:
    return took_ms[int(len(took_ms) * 0.95)]


def _time_rescan(folder: Path) -> None:
    """A tree of 50,000 small files, 20 in a folder, once read and once found as it was."""
    music = folder / "music"
    for number, path in enumerate(_paths(music)):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_wave(number))
    os.environ["TOWER_MUSIC_DIRS"] = str(music)
    for what, most in (("first scan", ""), ("rescan, nothing changed", f" (at most {MOST_RESCAN_S:.0f})")):
        with transaction() as session:
            scan_id = library_scans.create(session).id or 0
        started = time.perf_counter()
        counts = scan_folders.fn(scan_id)
        took_s = time.perf_counter() - started
        told = ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)
        print(f"{what}: {took_s:.1f} s{most}: {told}")


def _paths(music: Path) -> Iterator[Path]:
    return (
        music / f"artist {n // 200}" / f"album {n // 20 % 10}" / f"{n % 20:02}.wav" for n in range(TRACKS)
    )


def _wave(number: int) -> bytes:
    """A WAV of two samples, like no other."""
    content = number.to_bytes(4, "little")
    form = (
        b"WAVEfmt "
        + (16).to_bytes(4, "little")
        + bytes.fromhex("0100010040 1f0000803e000002001000".replace(" ", ""))
    )
    body = form + b"data" + len(content).to_bytes(4, "little") + content
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def _track(number: int, chance: random.Random) -> dict[str, Any]:
    genre = chance.choice(_GENRES)
    title = " ".join(
        (_word(chance), *chance.choice(_COMMON), "track", *(["風の谷のナウシカ"] if number % 50 == 0 else []))
    )
    bpm = round(min(240.0, max(45.0, chance.lognormvariate(4.8, 0.25))), 1)
    facts = {
        "title": title,
        "artist": f"{_word(chance)} {_word(chance)}",
        "album": f"{_word(chance)} {chance.choice(_COMMON)}",
        "genre": genre,
        "tags": [genre.lower()],
        "year": chance.randint(1970, 2026),
        "bpm": bpm,
        "key": chance.choice(_KEYS),
    }
    return {
        "location": f"/music/{number}.mp3",
        "source": "folder",
        "state": "present",
        "reason": None,
        "duration_s": chance.uniform(60, 400),
        "codec": "mp3",
        "bit_rate": 320_000,
        "rate_hz": 44_100,
        "channels": 2,
        "cover": None,
        "size_bytes": number,
        "mtime_ns": number,
        "content_hash": f"{number:064x}",
        "tagged": facts,
        "bpm_tag": bpm,
        "key_tag": facts["key"],
    }


def _word(chance: random.Random) -> str:
    """One of some twenty thousand words of three syllables."""
    return "".join(chance.choice(_SYLLABLES) for _ in range(3))


def _slip(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word))
    return word[:at] + "x" + word[at + 1 :]


if __name__ == "__main__":
    main()

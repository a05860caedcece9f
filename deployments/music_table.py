"""Analyses of tracks as a table for people."""

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

COLUMNS = ("file", "BPM", "sure", "or", "beats", "tempo changes", "key", "length")


def show(entries: Sequence[dict[str, Any]]) -> None:
    """Print a row a file; a file that could not be analysed says why."""
    table = Table(title="Tracks", title_justify="left")
    for column in COLUMNS:
        table.add_column(column, overflow="fold")
    for entry in entries:
        if "error" in entry:
            table.add_row(Text(entry["file"]), Text("not analysed", style="red"))
        else:
            table.add_row(Text(entry["file"]), *_row(entry))
    console = Console()
    console.print(table)
    for entry in entries:
        for line in _details(entry):
            console.print(Text(line), soft_wrap=True)


def _row(entry: dict[str, Any]) -> Iterator[str]:
    minutes, seconds = divmod(round(entry["metadata"]["duration"]), 60)
    yield "none" if entry["bpm"] is None else f"{entry['bpm']:.1f}"
    yield f"{100 * entry['confidence']:.0f}%"
    yield ", ".join(f"{bpm:.1f}" for bpm in entry["bpm_alternatives"][:2])
    yield str(len(entry["beat_times"]))
    yield ", ".join(f"{change['bpm']:.1f} from {change['time']:.1f} s" for change in entry["tempo_changes"])
    yield _key(entry)
    yield f"{minutes}:{seconds:02d}"


def _key(entry: dict[str, Any]) -> str:
    if entry["analysis_type"] == "basic":
        return ""
    key = entry["key"]
    return "none" if key is None else f"{key['name']} ({key['camelot']})"


def _details(entry: dict[str, Any]) -> Iterator[str]:
    """What a detailed analysis says of the sound, or why there is none, a line a file."""
    if "error" in entry:
        yield f"{entry['file']}: {entry['error']['code']}: {entry['error']['message']}"
    quality = entry.get("audio_quality")
    if quality is None:
        return
    told = [f"{quality['codec']}, {quality['channels']} channels"]
    told += _measured(quality, "bit_rate_bps", "{:.0f} bit/s")
    told += _measured(quality, "loudness_lufs", "{:.1f} LUFS")
    told += _measured(quality, "true_peak_dbtp", "peak {:.1f} dBTP")
    told += _measured(quality, "cutoff_hz", "cut off at {:.0f} Hz")
    if quality["clipped_samples"]:
        told.append(f"{quality['clipped_samples']} samples clipped")
    if quality["is_transcoded"]:
        told.append("made from a lossy file")
    sections = ", ".join(f"{section['start']:.1f} s" for section in entry["sections"]) or "none found"
    yield f"{entry['file']}: {'; '.join(told)}; sections: {sections}"


def _measured(quality: dict[str, Any], name: str, how: str) -> list[str]:
    return [] if quality[name] is None else [how.format(quality[name])]

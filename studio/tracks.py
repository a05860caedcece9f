"""What is found out about a track: as a value, as a document for people, and as it is kept."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from studio.beats import Beats
from studio.fidelity import AudioQuality
from studio.keys import Key
from studio.sections import Section
from studio.tempo_changes import TempoChange

KINDS: Final = ("basic", "detailed")
BASIC, DETAILED = KINDS
WAVEFORM_COLUMNS: Final = 1_000
_ARRAYS: Final = frozenset({"beat_times_s", "downbeats_s"})


@dataclass(frozen=True, slots=True, eq=False)
class TrackAnalysis:
    """One track, analysed: `duration_s` of what is heard, `rate_hz` of the file, seconds that it took.

    A basic analysis has no key, quality, sections and downbeats. `waveform` is the peak of each of up to
    1000 equal stretches, 0 to 255 of full scale.
    """

    kind: str
    backend: str
    duration_s: float
    rate_hz: int
    beats: Beats
    key: Key | None
    quality: AudioQuality | None
    sections: tuple[Section, ...]
    content_hash: str
    took_s: float
    waveform: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(0, np.uint8))


def as_document(analysis: TrackAnalysis) -> dict[str, Any]:
    """The documented fields of an analysis, and ours."""
    beats = analysis.beats
    document: dict[str, Any] = {
        "bpm": _rounded(beats.bpm),
        "confidence": _rounded(beats.confidence, 4),
        "tempo_changes": [
            {"time": _rounded(change.time_s), "bpm": _rounded(change.bpm)} for change in beats.tempo_changes
        ],
        "beat_times": _times(beats.beat_times_s),
        "analysis_duration": _rounded(analysis.took_s),
        "metadata": {"duration": _rounded(analysis.duration_s), "sample_rate": analysis.rate_hz},
        "bpm_alternatives": [_rounded(bpm) for bpm in beats.bpm_alternatives],
        "analysis_type": analysis.kind,
        "backend": analysis.backend,
        "content_hash": analysis.content_hash,
    }
    return document | (_details(analysis) if analysis.kind == DETAILED else {})


def _details(analysis: TrackAnalysis) -> dict[str, Any]:
    beats = analysis.beats
    key = None if analysis.key is None else asdict(analysis.key)
    quality = None if analysis.quality is None else asdict(analysis.quality)
    return {
        "downbeats": {
            "times": _times(beats.downbeats_s),
            "beats_per_bar": beats.beats_a_bar,
            "estimated": True,
        },
        "key": key and {name: _rounded(value) for name, value in key.items()},
        "audio_quality": quality and {name: _rounded(value) for name, value in quality.items()},
        "sections": [
            {"start": _rounded(section.start_s), "end": _rounded(section.end_s)}
            for section in analysis.sections
        ],
    }


def _rounded(value: Any, digits: int = 3) -> Any:
    return round(float(value), digits) if isinstance(value, float) else value


def _times(times_s: NDArray[np.float64]) -> list[float]:
    return [float(time_s) for time_s in np.round(times_s, 4)]


def basic_of(analysis: TrackAnalysis) -> TrackAnalysis:
    """What a basic analysis of the same track says."""
    beats = replace(analysis.beats, downbeats_s=np.zeros(0), beats_a_bar=None)
    return replace(analysis, kind=BASIC, beats=beats, key=None, quality=None, sections=())


def to_json(analysis: TrackAnalysis) -> dict[str, Any]:
    """All of an analysis, to be kept; `from_json` reads it."""
    beats = {each.name: _plain(getattr(analysis.beats, each.name)) for each in fields(Beats)}
    return {
        **{each.name: _plain(getattr(analysis, each.name)) for each in fields(TrackAnalysis)},
        "beats": beats,
        "key": None if analysis.key is None else asdict(analysis.key),
        "quality": None if analysis.quality is None else asdict(analysis.quality),
    }


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, tuple):
        return [asdict(item) if isinstance(item, TempoChange | Section) else item for item in value]
    return value


def from_json(kept: Mapping[str, Any]) -> TrackAnalysis:
    """An analysis as `to_json` wrote it.

    Raises:
        KeyError, TypeError, ValueError: It is none.
    """
    beats: dict[str, Any] = {
        name: np.array(value) if name in _ARRAYS else value for name, value in kept["beats"].items()
    }
    beats["bpm_alternatives"] = tuple(beats["bpm_alternatives"])
    beats["tempo_changes"] = tuple(TempoChange(**change) for change in beats["tempo_changes"])
    return TrackAnalysis(
        **{
            **kept,
            "beats": Beats(**beats),
            "key": kept["key"] and Key(**kept["key"]),
            "quality": kept["quality"] and AudioQuality(**kept["quality"]),
            "sections": tuple(Section(**section) for section in kept["sections"]),
            "waveform": np.array(kept["waveform"], np.uint8),
        }
    )


def waveform(samples: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The peak of each of up to 1000 equal stretches of mono sound, 0 to 255 of full scale."""
    columns = min(WAVEFORM_COLUMNS, len(samples))
    if not columns:
        return np.zeros(0, np.uint8)
    edges = np.linspace(0, len(samples), columns, endpoint=False).astype(np.intp)
    peaks = np.maximum.reduceat(np.abs(samples), edges)
    return np.clip(np.round(255 * np.nan_to_num(peaks)), 0, 255).astype(np.uint8)

"""Analyses of tracks, as they are asked for and shown."""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from api.schemas.fields import Asked, FrameRate, Number, StoredPath

LONGEST_VIDEO_S: Final = 6 * 3600
MOST_POINTS: Final = 1_000
Backend = Literal["builtin", "librosa", "madmom"]
_TRACK: Final[JsonDict] = {"audio_path": "/path/to/audio.mp3", "analysis_type": "detailed"}
_SYNC: Final[JsonDict] = {
    "audio_path": "/path/to/audio.mp3",
    "video_duration": 5.0,
    "target_fps": 24,
    "sync_points": [{"audio_time": 0.0, "video_frame": 0}, {"audio_time": 2.5, "video_frame": 60}],
}


class AnalysisAsked(Asked):
    """A track to be analysed."""

    model_config = ConfigDict(json_schema_extra={"examples": [_TRACK]})

    audio_path: StoredPath
    analysis_type: Literal["basic", "detailed"] = Field(
        default="basic", description="`detailed` adds downbeats, key, audio quality and sections."
    )
    backend: Backend | None = Field(default=None, description="Else that of `TOWER_MUSIC_BACKEND`.")


class TempoShown(BaseModel):
    """From `time` on, in seconds, the tempo is `bpm`."""

    time: float
    bpm: float


class MetadataShown(BaseModel):
    """The file itself: seconds, and Hz."""

    duration: float
    sample_rate: int


class DownbeatsShown(BaseModel):
    """Where bars begin, as estimated."""

    times: list[float]
    beats_per_bar: int | None
    estimated: Literal[True]


class KeyShown(BaseModel):
    """The key of most of the track."""

    name: str = Field(examples=["A minor"])
    mode: Literal["major", "minor"]
    camelot: str = Field(examples=["8A"])
    confidence: float = Field(description="0 to 1: how far it stands before the next key; no probability.")
    tuning_cents: float


class QualityShown(BaseModel):
    """What was measured on the sound; null where it cannot be judged."""

    loudness_lufs: float | None
    true_peak_dbtp: float | None
    clipped_samples: int
    cutoff_hz: float | None = Field(description="Where the spectrum ends with an edge.")
    is_transcoded: bool | None = Field(description="A lossless file that was made from a lossy one.")
    bit_rate_bps: int | None
    channels: int
    codec: str


class SectionShown(BaseModel):
    """A stretch that is alike, in seconds."""

    start: float
    end: float


class AnalysisShown(BaseModel):
    """What was heard; the fields after `content_hash` are those of a detailed analysis."""

    bpm: float | None
    confidence: float = Field(description="How far the tempo can be trusted, 0 to 1.")
    tempo_changes: list[TempoShown]
    beat_times: list[float]
    analysis_duration: float = Field(description="Seconds that the analysis took when it was made.")
    metadata: MetadataShown
    bpm_alternatives: list[float]
    analysis_type: Literal["basic", "detailed"]
    backend: str
    content_hash: str
    downbeats: DownbeatsShown | None = None
    key: KeyShown | None = None
    audio_quality: QualityShown | None = None
    sections: list[SectionShown] | None = None
    waveform: list[int] | None = Field(
        default=None, description="Peaks of up to 1,000 equal stretches of the track, 0 to 255 of full scale."
    )


class PointAsked(Asked):
    """A moment of the track, and the frame that is to show it."""

    audio_time: Annotated[Number, Field(ge=0)]
    video_frame: Annotated[int, Field(ge=0, strict=True)]


class SyncAsked(Asked):
    """Points of a video to be held against the beats of a track."""

    model_config = ConfigDict(json_schema_extra={"examples": [_SYNC]})

    audio_path: StoredPath
    video_duration: Annotated[Number, Field(gt=0, le=LONGEST_VIDEO_S)]
    target_fps: FrameRate
    sync_points: list[PointAsked] = Field(max_length=MOST_POINTS)
    backend: Backend | None = None


class PointShown(BaseModel):
    """One point: offsets in milliseconds, positive where the picture is late."""

    audio_time: float
    video_frame: int
    video_time: float
    drift_ms: float = Field(description="The frame's time less the moment that it is to show.")
    beat_time: float | None = Field(description="The beat nearest to the picture, in the track's time.")
    offset_ms: float | None = Field(description="The picture less that beat.")
    nearest_frame: int | None = Field(description="The frame nearest to that beat.")
    rounding_ms: float | None = Field(description="What remains at that frame: no frame lies nearer.")
    on_downbeat: bool | None


class SyncShown(BaseModel):
    """How the asked points lie to the beats; what cannot be judged is null, and `reason` says why."""

    bpm: float | None
    confidence: float
    audio_start: float = Field(description="Where in the track the video begins, by its points.")
    points: list[PointShown]
    hit_rate_1_frame: float | None
    hit_rate_40ms: float | None
    median_ms: float | None
    p95_abs_ms: float | None
    downbeat_share: float | None
    chance_hit_rate_40ms: float | None = Field(description="Of the same points, shifted at random.")
    reason: str

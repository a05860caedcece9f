"""The cut list of an episode, as it is shown."""

from pydantic import BaseModel, Field


class PieceShown(BaseModel):
    """A scene or a card between two cuts, in frames and seconds of the episode."""

    at: int
    frames: int
    at_s: float
    scene_id: int | None = Field(description="None of a card.")
    number: int | None
    title: str
    generation_id: str | None
    transition: str = Field(examples=["cut"], description="How it comes in: cut | dissolve | fade")


class CutShown(BaseModel):
    """A cut, and how far the beat nearest to it is; positive where the cut is late."""

    time_s: float
    offset_ms: float | None


class CutListShown(BaseModel):
    """How an episode was laid last; offsets are of the plan, to the frame, on the music's measured beats."""

    generation_id: str
    fps: str
    frames: int
    duration_s: float
    pieces: list[PieceShown]
    cuts: list[CutShown]
    beats_s: list[float]
    downbeats_s: list[float]
    hit_rate_40ms: float | None
    bpm: float | None
    reason: str = Field(description="Why something is missing.")
    audio_path: str | None = Field(description="The music under it.")
    audio_start_s: float | None = Field(description="Where in the track it begins.")

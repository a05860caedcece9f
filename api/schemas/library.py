"""What the music library takes and shows."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from api.schemas.fields import Asked, Name, Number, Shown, Time
from studio.errors import InvalidError
from studio.music_library.facts import FASTEST_BPM, LONGEST_TAG, MOST_TAGS, SLOWEST_BPM, read_tags
from studio.music_library.key_names import read_key

State = Literal["present", "missing", "cloud_only", "protected", "unreadable"]
BpmSource = Literal["user", "tag", "apple_music", "analysed"]
KeySource = Literal["user", "tag", "analysed"]


def _camelot(text: str) -> str:
    if (key := read_key(text)) is None:
        raise PydanticCustomError(
            "key", "Input should be {expected}", {"expected": "a key, as 8A, Am or A minor"}
        )
    return key


def _folded(tags: list[str]) -> list[str]:
    return list(read_tags(tags))


Camelot = Annotated[str, StringConstraints(max_length=20), AfterValidator(_camelot)]
Tags = Annotated[
    list[Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_TAG)]],
    Field(max_length=MOST_TAGS),
    AfterValidator(_folded),
]
Bpm = Annotated[Number, Field(ge=SLOWEST_BPM, le=FASTEST_BPM)]


class BpmSources(Shown):
    """What each source says of a track's tempo; `bpm` is the first of them that says something."""

    user: float | None = None
    tag: float | None = None
    apple_music: float | None = None
    analysed: float | None = None
    analysed_confidence: float | None = Field(
        default=None, description="How likely the analysed tempo is right, 0 to 1."
    )


class TrackShown(Shown):
    """A track; `state` says whether it can be played, and `reason` why not."""

    id: int = Field(examples=[12345])
    title: str
    artist: str | None
    album: str | None
    genre: str | None
    year: int | None
    tags: list[str]
    duration: float | None = Field(description="Seconds.")
    bpm: float | None
    bpm_source: BpmSource | None
    key: str | None = Field(description="Camelot code.", examples=["8A"])
    key_source: KeySource | None
    state: State
    reason: str | None
    stream_url: str | None
    cover_url: str | None


class TrackFound(TrackShown):
    """A track that was searched for."""

    is_corrected: bool = Field(description="Found only once a word was taken for misspelt.")


class TrackMatched(TrackShown):
    """A track that goes with a tempo, and how."""

    tempo: Literal["same", "half", "double"] = Field(
        description="`half`: the track has half the tempo that was asked for, and counts at twice its own."
    )
    matched_bpm: float = Field(description="The tempo that it counts as.")
    distance_bpm: float
    speed_change_percent: float = Field(
        description="By how much it must be sped up (negative: slowed down) to meet the target."
    )


class PlaylistNamed(Shown):
    """A playlist by its name."""

    id: int
    name: str


class TrackWhole(TrackShown):
    """All that is known of a track."""

    path: str | None = Field(description="Its file; none of a track in the cloud.")
    source: Literal["folder", "apple_music"]
    bpm_sources: BpmSources
    edited: list[str] = Field(description="What a person has set; scans and analyses leave it alone.")
    codec: str | None
    bit_rate: int | None
    sample_rate: int | None
    channels: int | None
    size_bytes: int | None
    content_hash: str | None
    analysed: bool = Field(description="Whether the file as it is now has been analysed.")
    analyser: str | None
    analysis_error: str | None
    playlists: list[PlaylistNamed]
    updated_at: Time


class TrackChange(Asked):
    """What a person says of a track. Null gives a field back to its sources."""

    title: Name | None = None
    artist: Name | None = None
    album: Name | None = None
    genre: Name | None = None
    year: Annotated[int, Field(ge=1000, le=9999)] | None = None
    tags: Tags | None = None
    bpm: Bpm | None = None
    bpm_correction: Literal["x2", "/2"] | None = Field(
        default=None, description="The tempo in effect, doubled or halved."
    )
    key: Camelot | None = None

    @model_validator(mode="after")
    def _one_tempo(self) -> "TrackChange":
        if self.bpm_correction is not None and "bpm" in self.model_fields_set:
            expected = "bpm or bpm_correction, not both"
            raise PydanticCustomError("one_tempo", "Input should have {expected}", {"expected": expected})
        return self

    def bpm_of(self, bpm: float | None) -> float:
        """The tempo that the correction makes of the one in effect.

        Raises:
            InvalidError: there is none, or the corrected one is none that music has.
        """
        corrected = 0.0 if bpm is None else bpm * (2.0 if self.bpm_correction == "x2" else 0.5)
        if not SLOWEST_BPM <= corrected <= FASTEST_BPM:
            raise InvalidError(
                "There is no tempo that could be corrected so.",
                field="bpm_correction",
                value=self.bpm_correction,
                expected=f"a corrected tempo of {SLOWEST_BPM:.0f} to {FASTEST_BPM:.0f} BPM",
            )
        return corrected


class PlaylistShown(Shown):
    """A playlist; `tracks` of its `entries` are in the library."""

    id: int
    name: str
    kind: Literal["playlist", "folder", "smart"]
    source: str
    parent_id: int | None
    state: Literal["present", "missing", "unreadable"]
    reason: str | None
    entries: int
    tracks: int


class EntryShown(Shown):
    """A place of a playlist: its track, or why it has none."""

    position: int
    track: TrackShown | None
    written: str
    title: str | None
    reason: str | None


class PlaylistWhole(PlaylistShown):
    """A playlist with its places, in order."""

    items: list[EntryShown]


class ScanShown(Shown):
    """A scan of the library, and how far it is."""

    id: int
    state: Literal["queued", "scanning", "analysing", "completed", "failed", "interrupted"]
    flow_run_id: str | None
    total: int | None = Field(description="Music files that lie in the folders.")
    scanned: int
    counts: dict[str, int] = Field(description="added, changed, moved, unchanged, missing, unreadable, ...")
    to_analyse: int | None
    analysed: int
    notes: list[str] = Field(description="What was passed over, and why.")
    error: str | None
    created_at: Time
    started_at: Time | None
    finished_at: Time | None

"""What an episode is made of: clips, cards, the transitions between them, and the parts they become."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, Final, Literal

from studio.beats import Beats
from studio.exchange.subtitles import Line
from studio.music_bed import Bed
from studio.sync import SyncReport

TransitionKind = Literal["cut", "dissolve", "fade"]
CardKind = Literal["title", "end"]


@dataclass(frozen=True, slots=True)
class Transition:
    """How one picture follows another: `frames` of it, half before the cut and half after it.

    In a dissolve both pictures are seen, each beyond the cut; in a fade one goes into black up to the cut and
    the next comes out of it. A cut has no frames.
    """

    kind: TransitionKind = "cut"
    frames: int = 0

    @property
    def before(self) -> int:
        """How many of its frames lie before the cut."""
        return self.frames // 2

    @property
    def after(self) -> int:
        """How many of its frames lie after the cut."""
        return self.frames - self.before


CUT: Final = Transition()


@dataclass(frozen=True, slots=True)
class SceneClip:
    """A scene's pictures, at a rate and size of their own.

    `frames` is the file's whole length, of which those from `first_frame` until `until_frame` may be shown.
    `sound` is the file whose sound is heard with it, on the clock of the pictures: its speech, above the
    episode's music; None: it is silent. `dialogue` and `accents_s` are seconds of the file; `details` is
    JSON.
    """

    scene_id: int
    number: int
    title: str
    path: Path
    frames: int
    fps: Fraction
    width: int
    height: int
    generation_id: str = ""
    quality: float | None = None
    accents_s: tuple[float, ...] = ()
    transition: Transition | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    dialogue: tuple[Line, ...] = ()
    sound: Path | None = None
    first_frame: int = 0
    until_frame: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "accents_s", tuple(map(float, self.accents_s)))

    @property
    def usable_frames(self) -> int:
        """How many of its own frames may be shown."""
        return (self.frames if self.until_frame is None else self.until_frame) - self.first_frame


@dataclass(frozen=True, slots=True)
class Wishes:
    """What an episode is to be like; of a card's text all lines but the first are set smaller."""

    width: int
    height: int
    fps: Fraction
    title: str = ""
    title_card: str | None = None
    end_card: str | None = None
    transition: Transition = CUT
    loudness_lufs: float = -16.0


@dataclass(frozen=True, slots=True, eq=False)
class Music:
    """A track of so many seconds, heard from `start_s` on; what is known of its beats and sections."""

    track_s: float
    beats: Beats
    sections_s: tuple[float, ...] = ()
    start_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Card:
    """Text on a dark ground."""

    kind: CardKind
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """A clip or a card from its cut at `at` on, for `frames`.

    In a dissolve it is seen `head` frames before its cut and `tail` frames after the next; `begin` is the
    first frame of the clip's file that is seen, at `at - head`.
    """

    at: int
    frames: int
    clip: int | None = None
    card: Card | None = None
    begin: int = 0
    head: int = 0
    tail: int = 0
    into: Transition = CUT

    @property
    def end(self) -> int:
        """Its last cut, exclusive."""
        return self.at + self.frames

    @property
    def seen_from(self) -> int:
        """The first frame in which anything of it is seen."""
        return self.at - self.head

    @property
    def seen_until(self) -> int:
        """The frame after the last in which anything of it is seen."""
        return self.end + self.tail


@dataclass(frozen=True, slots=True)
class Chapter:
    """Frames `[begin, end)` of the episode, under a scene's title."""

    title: str
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Assembly:
    """An episode's cut list: parts one after another without a gap from frame 0 on.

    `bed` is how the music is laid under it; beats in seconds of the episode. `closing` is how it ends.
    """

    title: str
    fps: Fraction
    width: int
    height: int
    loudness_lufs: float
    clips: tuple[SceneClip, ...]
    parts: tuple[Part, ...]
    chapters: tuple[Chapter, ...]
    report: SyncReport
    closing: Transition = CUT
    bed: Bed | None = None
    beats_s: tuple[float, ...] = ()
    downbeats_s: tuple[float, ...] = ()

    @property
    def frames(self) -> int:
        """Its length."""
        return self.parts[-1].end

    @property
    def duration_s(self) -> float:
        """How long it plays."""
        return float(self.frames / self.fps)

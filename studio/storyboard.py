"""The plan of a clip: shots, camera moves and timed events, as plain values that travel as JSON."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any, Self


class Framing(StrEnum):
    """How much of the scene a shot shows."""

    WIDE = "wide"
    MEDIUM = "medium"
    CLOSE = "close"


class Camera(StrEnum):
    """How the camera moves during a shot. `PAN_RIGHT` turns right, so the picture travels left."""

    HOLD = "hold"
    PAN_LEFT = "pan_left"
    PAN_RIGHT = "pan_right"
    TILT_UP = "tilt_up"
    TILT_DOWN = "tilt_down"
    PUSH_IN = "push_in"
    PULL_OUT = "pull_out"


class EventKind(StrEnum):
    """What happens at a timed event."""

    CUT = "cut"
    ACCENT = "accent"
    CUE = "cue"


@dataclass(frozen=True, slots=True)
class TimedEvent:
    """Something that happens at a time of the clip; a `CUE` carries the user's own name for it."""

    time_s: float
    kind: EventKind
    name: str = ""


@dataclass(frozen=True, slots=True)
class Shot:
    """One shot of the clip, on whole frames: `[start_frame, start_frame + frames)`."""

    start_frame: int
    frames: int
    framing: Framing
    camera: Camera
    characters: tuple[str, ...] = ()

    @property
    def end_frame_exclusive(self) -> int:
        """The first frame after the shot."""
        return self.start_frame + self.frames


@dataclass(frozen=True, slots=True)
class CastMember:
    """A character as a renderer needs it: name, looks, and the name of its uploaded reference picture."""

    name: str
    description: str = ""
    image: str | None = None


@dataclass(frozen=True, slots=True)
class Storyboard:
    """All that a renderer needs to know of a clip beside its prompt.

    `shots` are contiguous, start at frame 0 and cover `frames`; each cut event lies
    on the first frame of a shot.
    """

    frames: int
    fps: Fraction
    shots: tuple[Shot, ...]
    events: tuple[TimedEvent, ...] = ()
    cast: tuple[CastMember, ...] = ()

    @property
    def duration_s(self) -> float:
        """Length of the clip in seconds."""
        return float(self.frames / self.fps)

    @property
    def cuts_s(self) -> tuple[float, ...]:
        """Times of the cuts, seconds, ascending; the start of the clip is no cut."""
        return tuple(float(shot.start_frame / self.fps) for shot in self.shots[1:])

    def to_json(self) -> dict[str, Any]:
        """This storyboard as JSON values; the frame rate as `"num/den"`."""
        return asdict(self) | {"fps": f"{self.fps.numerator}/{self.fps.denominator}"}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        """The storyboard that `to_json` wrote.

        Raises:
            KeyError, TypeError, ValueError: `value` is no storyboard.
        """
        return cls(
            frames=int(value["frames"]),
            fps=Fraction(value["fps"]),
            shots=tuple(
                Shot(
                    start_frame=int(shot["start_frame"]),
                    frames=int(shot["frames"]),
                    framing=Framing(shot["framing"]),
                    camera=Camera(shot["camera"]),
                    characters=tuple(shot.get("characters", ())),
                )
                for shot in value["shots"]
            ),
            events=tuple(
                TimedEvent(float(e["time_s"]), EventKind(e["kind"]), e.get("name", ""))
                for e in value.get("events", ())
            ),
            cast=tuple(
                CastMember(c["name"], c.get("description", ""), c.get("image")) for c in value.get("cast", ())
            ),
        )

"""What the director knows of a project when it reads a request."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from studio.canon.names import Names


@dataclass(frozen=True, slots=True)
class Numbered:
    """A scene or an episode: its id, the number by which people call it, and its title."""

    id: int
    number: int
    title: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """A generation of the project: its status, and the scene it is a clip of, if any."""

    id: str
    status: str
    kind: str = "clip"
    scene_id: int | None = None


@dataclass(frozen=True, slots=True)
class Usual:
    """What holds where a request does not say; `of` tells by whom it was said: project, or user."""

    style: str = "anime"
    duration: float = 5
    quality: str | None = None

    @property
    def terms(self) -> dict[str, Any]:
        """The parameters of a clip that say so."""
        said = {"duration": self.duration, "style": self.style, "quality": self.quality}
        return {name: value for name, value in said.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Facts:
    """A project: who there is, what there is, and what is usual; `made` has the newest first."""

    project_id: int
    names: Names
    characters: tuple[str, ...] = ()
    scenes: tuple[Numbered, ...] = ()
    episodes: tuple[Numbered, ...] = ()
    tracks: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    made: tuple[Made, ...] = ()
    usual: Usual = field(default_factory=Usual)
    aliases: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        project_id: int,
        called: Mapping[str, Sequence[str]],
        *,
        scenes: Iterable[Numbered] = (),
        episodes: Iterable[Numbered] = (),
        tracks: Iterable[str] = (),
        styles: Iterable[str] = (),
        made: Iterable[Made] = (),
        usual: Usual | None = None,
    ) -> "Facts":
        """The facts of a project whose characters are `called`: each name with its aliases."""
        return cls(
            project_id,
            Names.of(called, called),
            tuple(called),
            tuple(scenes),
            tuple(episodes),
            tuple(tracks),
            tuple(styles),
            tuple(made),
            usual or Usual(),
            {
                each.lower(): name
                for name, aliases in called.items()
                for each in (name, *aliases)
                if not each.isascii() or (" " in each and each != name)
            },
        )


@dataclass(frozen=True, slots=True)
class Context:
    """What came beside the words: a client's own statement of what it means."""

    characters: tuple[str, ...] = ()
    style: str | None = None
    duration: float | None = None
    quality: str | None = None
    audio_path: str | None = None
    scene_id: int | None = None

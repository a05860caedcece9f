"""What a request for a clip means, with its user's likes, a style template and the project's settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, Self

from db.models.judgement import UserCreativePreferences
from db.models.learning import StyleTemplate
from db.models.project import Branch, ProjectSettings
from db.queries import branches
from db.queries.generations import Asked
from studio.errors import InvalidError
from studio.library import title_from
from studio.presets import PRESETS, preset_size

DURATION_S: Final = 5.0
QUALITY: Final = "standard"


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of a clip; what was not said is None or empty. `body` is that as it was sent."""

    prompt: str
    body: Mapping[str, Any]
    title: str | None = None
    scene_id: int | None = None
    duration_s: float | None = None
    style: str | None = None
    quality: str | None = None
    characters: tuple[str, ...] = ()
    seed: int | None = None
    audio_path: str | None = None
    workflow: str | None = None
    width: int | None = None
    height: int | None = None
    fps: Fraction | None = None
    negative_prompt: str = ""

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Self:
        """The terms of a body that the API accepted, as JSON."""
        same = ("title", "scene_id", "style", "quality", "seed", "audio_path", "workflow", "width", "height")
        rate = body.get("fps")
        return cls(
            prompt=body["prompt"],
            body=body,
            duration_s=body.get("duration"),
            characters=tuple(body.get("characters", ())),
            fps=None if rate is None else Fraction(rate),
            negative_prompt=body.get("negative_prompt", ""),
            **{name: body.get(name) for name in same},
        )


@dataclass(frozen=True, slots=True)
class Usual:
    """What holds where a request does not say: the user's preferences first, then the project's settings."""

    project: ProjectSettings
    likes: UserCreativePreferences | None = None

    def style(self, terms: Said) -> str:
        """The style in which the clip is made."""
        return terms.style or (self.likes and self.likes.style) or self.project.default_style

    def asked(self, at: Branch, terms: Said, template: StyleTemplate | None) -> Asked:
        """The request in full; `template` is the style's.

        Raises:
            InvalidError: the clip would have no frame.
        """
        given = template or StyleTemplate(name="")
        fps, duration_s = self._fps(terms), self._duration_s(terms)
        _require_a_frame(duration_s, fps)
        width, height = self._size(terms, given)
        return Asked(
            project_id=at.project_id,
            branch_id=branches.id_of(at),
            scene_id=terms.scene_id,
            title=terms.title or title_from(terms.prompt),
            prompt=_joined(terms.prompt, given.prompt_suffix),
            negative_prompt=_joined(terms.negative_prompt, given.negative_prompt),
            duration_s=float(duration_s),
            style=self.style(terms),
            quality=self._quality(terms),
            characters=terms.characters,
            seed=terms.seed,
            audio_path=terms.audio_path,
            workflow=terms.workflow or given.workflow,
            width=width,
            height=height,
            fps=fps,
            parameters=_sampling(given),
            body=dict(terms.body),
        )

    def _quality(self, terms: Said) -> str:
        return terms.quality or (self.likes and self.likes.quality) or QUALITY

    def _duration_s(self, terms: Said) -> float:
        return terms.duration_s or (self.likes and self.likes.duration_s) or DURATION_S

    def _size(self, terms: Said, template: StyleTemplate) -> tuple[int, int]:
        """What request or template name; where neither does, the preset's share of the project's size."""
        width, height = terms.width or template.width, terms.height or template.height
        if width is None and height is None:
            return preset_size(self.project.width, self.project.height, PRESETS[self._quality(terms)])
        return width or self.project.width, height or self.project.height

    def _fps(self, terms: Said) -> Fraction:
        return terms.fps or Fraction(self.project.fps_num, self.project.fps_den)


def _require_a_frame(duration_s: float, fps: Fraction) -> None:
    if duration_s * fps < 1:
        raise InvalidError(
            "The clip would have no frame.",
            field="duration",
            value=duration_s,
            expected=f"at least one frame, {float(1 / fps):.3f} s",
        )


def _joined(*texts: str) -> str:
    return ", ".join(filter(None, texts))


def _sampling(template: StyleTemplate) -> dict[str, Any]:
    return {name: value for name in ("steps", "cfg") if (value := getattr(template, name)) is not None}

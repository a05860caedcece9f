"""A clip to be judged, and the verdict on it."""

from typing import Annotated, Any, Final, Literal

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from api.schemas.fields import Asked, FrameRate, Number, Shown, Side, StoredPath, Time
from api.schemas.generations import LONGEST_S, Quality

_EXAMPLE: Final[JsonDict] = {
    "path": "/home/studio/.tower/media/take.mp4",
    "references": ["/home/studio/.tower/media/kai.png"],
    "preset": "high",
    "asked": {"duration": 5, "fps": 24, "width": 832, "height": 480},
}
AssetId = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class ClipMeant(Asked):
    """What the clip should be."""

    duration: Number = Field(gt=0, le=LONGEST_S, description="Seconds.")
    fps: FrameRate
    width: Side
    height: Side
    motion: bool = Field(default=True, description="Whether things are to move in it.")
    audio: bool = Field(default=False, description="Whether it is to have sound.")


class AssessAsked(Asked):
    """A clip to be judged: a file within the media roots, or one of the store."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    path: StoredPath | None = None
    asset_id: AssetId | None = Field(
        default=None, description="The `sha256` of an asset, in place of `path`."
    )
    references: list[StoredPath] = Field(
        default_factory=list,
        max_length=16,
        description="Pictures of the character: paths, or `sha256` of assets.",
    )
    preset: Quality = "standard"
    asked: ClipMeant | None = Field(default=None, description="Without it, what depends on it is not judged.")
    report: bool = Field(default=False, description="Draw a sheet of it, and keep it in the store.")


class MetricShown(Shown):
    """One thing measured, its limit, and the frames where it is worst."""

    name: str = Field(examples=["flicker"])
    value: float | None
    unit: str
    range: tuple[float, float | None]
    threshold: float | None
    verdict: Literal["pass", "warn", "fail", "not judged"]
    frames: list[int]
    reason: str
    source: str


class ReportShown(Shown):
    """The sheet on a clip, as an asset."""

    asset_id: str
    path: str
    content: str = Field(description="Where it is read: an SVG.")


class AssessmentShown(Shown):
    """The verdict on a clip; `docs/quality.md` says how the score follows from the metrics."""

    file: str
    verdict: Literal["pass", "fail", "not judged"]
    score: float | None
    reasons: list[str]
    metrics: list[MetricShown]
    report: ReportShown | None = None


class CurveShown(Shown):
    """One measurement over the frames: `values` are the largest of equal stretches of the take."""

    label: str
    least_top: float = Field(description="A chart of it reaches at least so far up.")
    metrics: list[str] = Field(description="What is read off it.")
    values: list[float | None]


class MeasuredShown(Shown):
    """One thing measured on a take, its limit, and the frames where it is worst."""

    metric: str
    value: float | None
    unit: str
    threshold: float | None
    verdict: Literal["pass", "warn", "fail", "not judged"]
    frames: list[int]
    reason: str
    source: str


class TakeShown(Shown):
    """A take, the verdict on it, and the measurements behind that."""

    generation_id: str
    take: int
    seed: int
    workflow: str
    model: str
    server: str | None
    parameters: dict[str, Any]
    repaired_from: int | None
    repairs: list[dict[str, str]]
    video_sha256: str | None
    clip_sha256: str | None
    created_at: Time
    verdict: str = "not judged"
    score: float | None = None
    reasons: list[str] = Field(default_factory=list)
    frames: int | None = Field(default=None, description="How many frames it has.")
    metrics: list[MeasuredShown]
    curves: list[CurveShown] = Field(default_factory=list)

"""How scenes held up against cultural elements."""

from pydantic import Field

from api.schemas.fields import Shown, Time


class FindingShown(Shown):
    """A term to avoid, and where it stands in the scene's description: `start` to `end`, exclusive."""

    element: str
    term: str
    quote: str
    start: int
    end: int
    prefer: list[str]


class ValidationShown(Shown):
    """A scene, at one of its versions, held against the cultural elements of its project."""

    id: int
    project_id: int
    scene_id: int
    scene_version: int
    verdict: str = Field(examples=["warn"], description="pass | warn | not judged")
    reason: str
    findings: list[FindingShown]
    created_at: Time

"""A step of a plan as it is carried out: what it is told, what it is about, and how it stands then."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from db.models.production import ProductionJob
from db.models.project import Branch
from db.queries import branches as all_branches
from db.queries import director, generations
from db.queries.branches import Hold
from db.queries.ownership import Run
from studio.echo.ordering import Standing
from studio.echo.plans import Step
from studio.errors import InvalidError, NotFoundError

FINISHED: Final = frozenset({"completed", "needs_review"})


@dataclass(frozen=True, slots=True)
class Act:
    """A step to be done, of whose run, where, and for whom; `cast` are those who were checked for it."""

    run: Run
    step: Step
    project_id: int
    branch_name: str
    token: str
    cast: tuple[str, ...] = ()
    is_rehearsal: bool = False
    """Whether all that is done in its transaction is undone again, with nobody's run behind it."""

    @property
    def parent_id(self) -> str | None:
        """Whose child a run is that it begins."""
        return None if self.is_rehearsal else self.run.generation_id

    @property
    def told(self) -> Mapping[str, Any]:
        """The parameters, what earlier steps made in the place of their numbers."""
        return self.step.parameters

    def branch(self, session: Any, hold: Hold = Hold.NOT) -> Branch:
        return all_branches.find(session, self.project_id, self.branch_name, hold)


def nothing() -> None:
    """There is nothing to follow."""


@dataclass(frozen=True, slots=True)
class Done:
    """How a step stands: what it gave, and the generation that it waits for or is about."""

    standing: Standing
    result: Mapping[str, Any] = field(default_factory=dict)
    child_id: str | None = None
    afterwards: Callable[[], None] = nothing
    """What follows once the note is committed; where a kill comes between, the timers see to it."""


def completed(**result: Any) -> Done:
    """A step that has come to its end."""
    return Done(Standing.COMPLETED, result)


def aimed_at(session: Any, act: Act) -> ProductionJob:
    """The generation that a step is about: itself, a scene's newest clip, an episode's newest render.

    Raises:
        NotFoundError: there is none in this project.
        InvalidError: nothing is named.
    """
    if (generation_id := act.told.get("generation_id")) is not None:
        return of_project(session, str(generation_id), act.project_id)
    branch_id = all_branches.id_of(act.branch(session))
    scene_id, episode_id = act.told.get("scene_id"), act.told.get("episode_id")
    if scene_id is None and episode_id is None:
        raise unnamed(act, "generation_id", "scene_id", "episode_id")
    job = director.newest(session, branch_id, scene_id=scene_id, episode_id=episode_id)
    if job is None:
        raise NotFoundError(
            "Nothing was made of it yet.",
            field="scene_id" if scene_id is not None else "episode_id",
            value=scene_id if scene_id is not None else episode_id,
        )
    return job


def unnamed(act: Act, *names: str) -> InvalidError:
    """What is said where none of the parameters that name what is meant is given."""
    expected = " or ".join(names)
    return InvalidError(
        f"{act.step.action} does not say what is meant.", field=names[0], value=None, expected=expected
    )


def of_project(session: Any, generation_id: str, project_id: int) -> ProductionJob:
    """A generation of this project.

    Raises:
        NotFoundError: the project has none of that id.
    """
    job = generations.get(session, generation_id)
    if job.project_id != project_id:
        raise NotFoundError(
            f"The project has no generation {generation_id!r}.", field="generation_id", value=generation_id
        )
    return job

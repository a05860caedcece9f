"""Commands tried before they are accepted, or only shown: what would be refused at once is refused now."""

from collections.abc import Sequence
from typing import Any, Final

from db.queries import projects
from db.queries.ownership import Run
from db.session import undone
from studio.clients.store import open_allowed
from studio.echo.actions import validated
from studio.echo.documents import read_step
from studio.echo.ordering import cast_of
from studio.echo.plans import Step
from studio.errors import InvalidError
from studio.settings import read_settings
from tasks.directing import require_active
from tasks.directing_acts import Act
from tasks.directing_steps import NOTED

_NOBODY: Final = Run("", 0)


def rehearse(
    session: Any, steps: Sequence[dict[str, Any]], *, project_id: int, branch: str, token: str
) -> None:
    """Do the steps of a command as things are now, in the caller's transaction, and undo them.

    Raises:
        StudioError: what the first step that could not be done would be told.
    """
    require_active(projects.get(session, project_id).status)
    read = tuple(read_step(each) for each in steps)
    for step in read:
        _require_whole(step)
        act = Act(_NOBODY, step, project_id, branch, token, cast_of(step, read), is_rehearsal=True)
        with undone(session):
            _try(session, act)


def _try(session: Any, act: Act) -> None:
    validated(act.step.action, act.told)
    if act.step.action in NOTED:
        NOTED[act.step.action](session, act)
    elif (audio_path := act.told.get("audio_path")) is not None:
        open_allowed(audio_path, read_settings().roots)


def _require_whole(step: Step) -> None:
    """A command has no earlier step whose result it could speak of."""
    if any(isinstance(each, dict) for value in step.parameters.values() for each in _values(value)):
        raise InvalidError(
            "A command stands for itself: there is no earlier step.",
            field="parameters",
            value=dict(step.parameters),
            expected="ids of what there is",
        )


def _values(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]

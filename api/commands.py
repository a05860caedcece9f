"""What a service sets going: runs, decisions about them, and questions to the renderers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from studio.workflows import Workflow
from tasks.media_server import ServerSeen
from tasks.renderer_survey import RendererSeen
from tasks.workflow_checks import Judged


@dataclass(frozen=True, slots=True)
class Commands:
    """The steps that routes call once their transaction is committed."""

    submit: Callable[[str, int], None]
    cancel: Callable[[str], None]
    approve: Callable[[str, str], None]
    reject: Callable[[str, str], None]
    retry: Callable[[str, str], None]
    publish: Callable[[str], None]
    unpublish: Callable[[str], None]
    look_at_jellyfin: Callable[[], ServerSeen]
    make_library: Callable[[str], ServerSeen]
    judge_workflow: Callable[[Workflow, str | None], Sequence[Judged]]
    look_at_renderers: Callable[[], Sequence[RendererSeen]]
    survey_models: Callable[[], None]


async def _commands(request: Request) -> Commands:
    commands = request.app.state.commands
    assert isinstance(commands, Commands)
    return commands


CommandsGiven = Annotated[Commands, Depends(_commands)]

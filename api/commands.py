"""What a service sets going: runs, and decisions about them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request


@dataclass(frozen=True, slots=True)
class Commands:
    """The steps that routes call once their transaction is committed."""

    submit: Callable[[str, int], None]
    cancel: Callable[[str], None]
    approve: Callable[[str], None]
    reject: Callable[[str], None]
    retry: Callable[[str], None]


async def _commands(request: Request) -> Commands:
    commands = request.app.state.commands
    assert isinstance(commands, Commands)
    return commands


CommandsGiven = Annotated[Commands, Depends(_commands)]

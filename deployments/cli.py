"""`tower`: the command line. A verb is a function of a module here, registered below."""

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Final

import typer

from studio.errors import InvalidError, StudioError

VERBS: Final = {
    "up": "deployments.verbs:up",
    "down": "deployments.verbs:down",
    "status": "deployments.verbs:show",
    "worker": "deployments.verbs:worker",
    "backup": "deployments.backup:backup",
    "restore": "deployments.backup:restore",
    "part": "deployments.part:part",
    "units": "deployments.part:units",
    "project": "deployments.archive:app",
    "storage": "deployments.storage:app",
    "produce": "deployments.produce:produce",
    "demo": "deployments.demo:demo",
    "quality": "deployments.quality:app",
    "music": "deployments.music:app",
    "mcp": "deployments.mcp_server:mcp",
}


def command_line(asked: Sequence[str]) -> typer.Typer:
    """All verbs, or the one that the first word names: nobody waits for what other verbs import."""
    app = typer.Typer(no_args_is_help=True, add_completion=False)
    app.callback()(tower)
    for name in [word for word in asked[:1] if word in VERBS] or VERBS:
        module, _, member = VERBS[name].partition(":")
        verb = getattr(import_module(module), member)
        if isinstance(verb, typer.Typer):
            app.add_typer(verb, name=name)
        else:
            app.command(name)(verb)
    return app


def tower() -> None:
    """Anime, from a sentence to a clip."""


def main() -> None:
    """Run a verb; a fault of ours is a line on standard error and exit code 1, of usage 2."""
    try:
        command_line(sys.argv[1:])()
    except OSError as error:
        _end(f"STORAGE_UNAVAILABLE: {error}", 1)
    except StudioError as error:
        _end(f"{error.code}: {error.message}", 2 if isinstance(error, InvalidError) else 1)
    except ValueError as error:
        faults = getattr(error, "errors", None)  # of the settings, whose library a verb may do without
        if faults is None:
            raise
        named = "; ".join(f"{_variable(*fault['loc'][:1])}: {fault['msg']}" for fault in faults())
        _end(f"SETTINGS: {named}", 2)


def _variable(setting: object = "") -> str:
    """What a setting is called in the environment."""
    name = str(setting)
    return name if name.isupper() else f"TOWER_{name.upper()}"


def _end(why: str, code: int) -> None:
    typer.secho(why, fg="red", err=True)
    sys.exit(code)


if __name__ == "__main__":
    main()

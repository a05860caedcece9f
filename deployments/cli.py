"""`tower`: the command line. A verb is a function of a module here, registered below."""

import sys

import typer
from pydantic import ValidationError
from rich.console import Console

from deployments import quality, verbs
from deployments.demo import demo
from deployments.produce import produce
from studio.errors import InvalidError, StudioError

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Anime, from a sentence to a clip.")
app.command("up")(verbs.up)
app.command("down")(verbs.down)
app.command("status")(verbs.show)
app.command("worker")(verbs.worker)
app.command("produce")(produce)
app.command("demo")(demo)
app.add_typer(quality.app, name="quality")


def main() -> None:
    """Run a verb; a fault of ours is a line on standard error and exit code 1, of usage 2."""
    try:
        app()
    except ValidationError as error:
        named = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        Console(stderr=True).print(f"SETTINGS: {named}", style="red", markup=False)
        sys.exit(2)
    except OSError as error:
        Console(stderr=True).print(f"STORAGE_UNAVAILABLE: {error}", style="red", markup=False)
        sys.exit(1)
    except StudioError as error:
        Console(stderr=True).print(f"{error.code}: {error.message}", style="red", markup=False)
        sys.exit(2 if isinstance(error, InvalidError) else 1)


if __name__ == "__main__":
    main()

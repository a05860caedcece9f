"""`tower produce`: from a sentence to a path, with the progress on the way."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console

from deployments.caller import Api, default_project, reach, watch
from deployments.report import Exit, exit_code, failure, progress_bar, share, show, summary
from deployments.stack import ensure_up
from studio.clients import media, store
from studio.errors import InvalidError, NotFoundError, StudioError
from studio.settings import read_settings

console = Console(stderr=True)


def produce(
    prompt: Annotated[str, typer.Argument(help="What the clip shows.")],
    duration: Annotated[float, typer.Option(help="Length in seconds.")] = 5.0,
    style: Annotated[str, typer.Option(help="Free text.")] = "anime",
    character: Annotated[list[str] | None, typer.Option(help="Who is in it; may be repeated.")] = None,
    audio: Annotated[Path | None, typer.Option(help="Music to cut to; copied into the store.")] = None,
    quality: Annotated[str, typer.Option(help="draft, standard or high.")] = "standard",
    project: Annotated[int | None, typer.Option(help="Project id; else the project `Tower`.")] = None,
    branch: Annotated[str | None, typer.Option(help="Branch of the project.")] = None,
    scene: Annotated[int | None, typer.Option(help="Scene that the clip is a take of.")] = None,
    seed: Annotated[int | None, typer.Option(help="Same seed, same clip.")] = None,
    title: Annotated[str | None, typer.Option(help="Title in the library.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document, nothing else.")] = False,
) -> None:
    """Produce a clip: starts what is not running, shows progress, ends with the path."""
    asked = {
        "prompt": prompt,
        "duration": duration,
        "style": style,
        "characters": character or [],
        "quality": quality,
        "branch_name": branch,
        "scene_id": scene,
        "seed": seed,
        "title": title,
    }
    try:
        result = _produce({key: value for key, value in asked.items() if value is not None}, project, audio)
    except (InvalidError, NotFoundError) as error:
        _refuse(error, Exit.USAGE, as_json)
    except StudioError as error:
        _refuse(error, Exit.FAILED, as_json)
    if as_json:
        _print_document(result)
    else:
        show(result)
    raise typer.Exit(exit_code(result))


def _produce(asked: dict[str, Any], project: int | None, audio: Path | None) -> dict[str, Any]:
    if audio is not None:
        asked["audio_path"] = _into_store(audio)
    with reach(ensure_up(read_settings())) as api:
        project_id = project if project is not None else default_project(api)
        return generate(api, project_id, asked)


def generate(api: Api, project_id: int, asked: dict[str, Any]) -> dict[str, Any]:
    """Ask for a clip and watch it until it ends; the document that `--json` prints."""
    accepted = api.call("POST", f"/projects/{project_id}/generate-from-command", asked)
    generation_id = str(accepted["generation_id"])
    with progress_bar(console) as bar:
        row = bar.add_task("queued", total=1.0)
        for seen in watch(api, generation_id):
            bar.update(row, description=seen["stage"], completed=share(seen))
    return summary(seen)


def _into_store(audio: Path) -> str:
    """Files named on the command line are copied into the store, which the services may read."""
    media.probe_audio(audio)
    return str(store.put(audio, root=read_settings().assets).path)


def _refuse(error: StudioError, code: Exit, as_json: bool) -> NoReturn:
    """End with the reason: in the document where one was asked for, else in words."""
    if as_json:
        _print_document(failure(error))
    else:
        console.print(f"{error.code}: {error.message}", style="red", markup=False, highlight=False)
    raise typer.Exit(code)


def _print_document(document: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(document, indent=2, default=str) + "\n")

"""`tower music analyze`: tracks are analysed in this process; it needs no running stack."""

import json
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from studio.analysis_sheet import draw_analysis
from studio.backends import BACKENDS
from studio.clients.track_analysis import BASIC, DETAILED, TrackAnalysis, analyse_track, as_document
from studio.errors import InvalidError, StudioError
from studio.settings import read_settings

app = typer.Typer(help="Analyse music.", no_args_is_help=True)
FAILED = 1


@app.callback()
def music() -> None:
    """Tempo, beats, key and quality of music."""


@app.command("analyze")
def analyze(
    files: Annotated[list[Path], typer.Argument(help="Sound files, or videos with sound.")],
    backend: Annotated[
        str | None,
        typer.Option(help=f"Who finds the beats: {', '.join(BACKENDS)}; else TOWER_MUSIC_BACKEND."),
    ] = None,
    detailed: Annotated[
        bool, typer.Option("--detailed", help="Also downbeats, key, audio quality and sections.")
    ] = False,
    picture: Annotated[Path | None, typer.Option(help="A folder for a picture of each analysis.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document, nothing else.")] = False,
) -> None:
    """Find tempo, beats and tempo changes of tracks; exit code 1 where a file cannot be analysed."""
    settings = read_settings()
    chosen = backend or settings.music_backend
    if chosen not in BACKENDS:
        raise InvalidError("No such backend.", field="backend", value=chosen, expected=list(BACKENDS))
    kind = DETAILED if detailed else BASIC
    entries = [_entry(file, kind, chosen, settings.analyses, picture) for file in files]
    if as_json:
        typer.echo(json.dumps({"files": entries}, indent=2))
    else:
        _show(entries)
    if any("error" in entry for entry in entries):
        raise typer.Exit(FAILED)


def _entry(file: Path, kind: str, backend: str, cache: Path, picture: Path | None) -> dict[str, Any]:
    try:
        found = analyse_track(file, kind=kind, backend=backend, cache=cache)
    except StudioError as error:
        return {
            "file": str(file),
            "error": {"code": error.code, "message": error.message, "details": error.details},
        }
    if picture is not None:
        _draw(found, picture / f"{file.name}.svg", title=file.name)
    return {"file": str(file), **as_document(found)}


def _draw(found: TrackAnalysis, to: Path, *, title: str) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_text(draw_analysis(found, found.waveform, title=title))


def _show(entries: list[dict[str, Any]]) -> None:
    """For people; what draws tables takes longer to load than a short track to analyse."""
    import_module("deployments.music_table").show(entries)

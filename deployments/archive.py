"""`tower project`: a project as one file, whatever its size; needs no running stack."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from deployments.databases import connected
from tasks import archiving, archiving_import

app = typer.Typer(help="Projects as files.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document, nothing else.")]


@app.command("export")
def export(
    project: Annotated[int, typer.Argument(help="The project's id.")],
    file: Annotated[Path, typer.Argument(help="The file to write.")],
    as_json: AsJson = False,
) -> None:
    """Write all of a project to one file: history, bibles, episodes, takes and their files."""
    with connected() as settings:
        says = archiving.export_project(project, settings.assets, file.absolute())
    told = {"file": str(file), "name": says["name"], "assets": says["assets"], "missing": says["missing"]}
    typer.echo(json.dumps(told, indent=2) if as_json else f"{says['name']}: {file}, {says['assets']} files")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="An archive of a project.")], as_json: AsJson = False
) -> None:
    """Make a project of an archive, under new ids."""
    with connected() as settings:
        made = archiving_import.import_project(file, settings.assets)
    told = json.dumps(asdict(made), indent=2)
    typer.echo(told if as_json else f"{made.name}: project {made.project_id}, {made.assets} files")

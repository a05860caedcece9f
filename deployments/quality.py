"""`tower quality assess`: any clip is judged; it only computes, and needs no running stack."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from studio.clients.inspection import read_picture
from studio.clients.judging import judge_file
from studio.errors import InvalidError, MediaError
from studio.thresholds import STANDARD, THRESHOLDS

app = typer.Typer(help="Judge clips.", no_args_is_help=True)
STYLES = {"pass": "green", "warn": "yellow", "fail": "red"}
FAILED = 1


@app.command("assess")
def assess(
    files: Annotated[list[Path], typer.Argument(help="Clips to judge.")],
    reference: Annotated[list[Path] | None, typer.Option(help="A picture of the character.")] = None,
    preset: Annotated[str, typer.Option(help="Whose thresholds hold: draft, standard or high.")] = STANDARD,
    report: Annotated[Path | None, typer.Option(help="A folder for a picture of each assessment.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document, nothing else.")] = False,
) -> None:
    """Judge clips by what can be measured on them; exit code 1 where one fails."""
    if preset not in THRESHOLDS:
        raise InvalidError("No such preset.", field="preset", value=preset, expected=sorted(THRESHOLDS))
    entries = [_entry(file, reference or [], preset, report) for file in files]
    if as_json:
        typer.echo(json.dumps({"files": entries}, indent=2))
    else:
        for entry in entries:
            _show(entry)
    if any(entry["verdict"] != "pass" for entry in entries):
        raise typer.Exit(FAILED)


def _entry(file: Path, references: Sequence[Path], preset: str, report: Path | None) -> dict[str, Any]:
    if report is not None:
        report.mkdir(parents=True, exist_ok=True)
    sheet = None if report is None else report / f"{file.name}.svg"
    for reference in references:
        read_picture(reference)  # one that is none is the caller's error, and not the clip's
    try:
        return {
            "file": str(file),
            **judge_file(file, references=references, preset=preset, sheet=sheet),
        }
    except MediaError as error:
        told = {"verdict": "fail", "score": None, "reasons": [error.message], "metrics": []}
        return {"file": str(file), **told}


def _show(entry: dict[str, Any]) -> None:
    score = "not scored" if entry["score"] is None else f"{entry['score']:.1f} of 10"
    table = Table(title=f"{entry['file']}: {entry['verdict']}, {score}", title_justify="left")
    for column in ("metric", "value", "limit", "verdict", "what is wrong"):
        table.add_column(column)
    for metric in entry["metrics"]:
        value = "" if metric["value"] is None else f"{metric['value']:.4g} {metric['unit']}"
        limit = "" if metric["threshold"] is None else f"{metric['threshold']:.4g}"
        verdict = metric["verdict"]
        table.add_row(metric["name"], value, limit, verdict, metric["reason"], style=STYLES.get(verdict))
    console = Console()
    console.print(table)
    for reason in entry["reasons"] if not entry["metrics"] else ():
        console.print(reason, style="red", markup=False)

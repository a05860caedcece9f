"""`tower storage`: what takes how much, and having what is not needed taken away."""

import json
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.table import Table

from deployments.databases import connected
from tasks import storage_report

app = typer.Typer(help="What takes how much, and what may go.", invoke_without_command=True)
STEP: Final = 1000.0
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document, nothing else.")]
OfProject = Annotated[int | None, typer.Option("--project", help="A project's files alone.")]


@app.callback()
def storage(context: typer.Context, project: OfProject = None, as_json: AsJson = False) -> None:
    """Say what takes how much, and what a clean-up would free."""
    if context.invoked_subcommand is not None:
        return
    with connected() as settings:
        told = storage_report.report(settings, project)
    typer.echo(json.dumps(told, indent=2)) if as_json else _show(told)


@app.command("clean")
def clean(
    project: OfProject = None,
    unreferenced_days: Annotated[
        int | None,
        typer.Option(min=1, help="Also what nobody names and was stored so many days ago."),
    ] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Do it; otherwise it is only said.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take away rejected takes and intermediates whose project's time for them is over."""
    with connected() as settings:
        told = storage_report.clean(settings, apply, project, unreferenced_days)
    if as_json:
        typer.echo(json.dumps(told, indent=2))
    else:
        _show_clean(told)


def _show(told: dict[str, Any]) -> None:
    out = Console()
    table = Table(title="The store", title_justify="left")
    for column in ("project", "state", "files", "size"):
        table.add_column(column)
    for project in told["store"]["by_project"]:
        name = project["name"] or "of no project"
        for state, amount in project["by_state"].items():
            table.add_row(name, state, str(amount["files"]), size(amount["size_bytes"]))
            name = ""
    table.add_section()
    table.add_row("all", "", str(told["store"]["files"]), size(told["store"]["size_bytes"]))
    out.print(table)
    for name, amount in told.get("folders", {}).items():
        out.print(f"{name.replace('_', ' '):>12}  {size(amount['size_bytes'])}", highlight=False)
    if "database_bytes" in told:
        out.print(f"{'database':>12}  {size(told['database_bytes'])}", highlight=False)
    would = told["clean_up"]
    out.print(f"A clean-up would free {size(would['size_bytes'])} in {would['files']} files.")


def _show_clean(told: dict[str, Any]) -> None:
    word = "Freed" if told["applied"] else "Would free"
    Console().print(f"{word} {size(told['size_bytes'])} in {told['files']} files.")
    for state, amount in told["by_state"].items():
        Console().print(
            f"{state:>12}  {amount['files']} files, {size(amount['size_bytes'])}", highlight=False
        )
    if not told["applied"]:
        Console().print("Nothing was taken away; --apply does it.")


def size(size_bytes: float) -> str:
    """Bytes as people read them."""
    for unit in ("B", "kB", "MB", "GB"):
        if size_bytes < STEP:
            return f"{size_bytes:.0f} B" if unit == "B" else f"{size_bytes:.1f} {unit}"
        size_bytes /= STEP
    return f"{size_bytes:.1f} TB"

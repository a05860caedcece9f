"""Towers for the fault suite, which of its rows run, and the table they make."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from rich.console import Console
from rich.table import Table

from studio.settings import Settings
from tests.conftest import forget
from tests.fakes.comfyui import FakeComfyUI, fake_comfyui
from tests.fakes.staging import clip
from tests.faults.stand import Stand, standing

SHORT = {
    "heartbeat_s": 2.0, "heartbeat_lost_s": 5.0, "reconcile_s": 2.0,
    "render_stall_s": 20.0, "renderer_lost_s": 3.0, "set_aside_s": 2.0, "poll_s": 0.5,
}  # fmt: skip
INTERVALS: dict[str, float] = {} if os.environ.get("FAULTS_INTERVALS") == "default" else SHORT
COLUMNS = ("fault", "stage", "outcome", "attempts", "goes on after", "ended after")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without `-m fault`, one row a victim runs."""
    if "fault" in config.option.markexpr:
        return
    spared = [item for item in items if _waits_for_its_call(item)]
    config.hook.pytest_deselected(items=spared)
    items[:] = [item for item in items if item not in spared]


def _waits_for_its_call(item: pytest.Item) -> bool:
    marks = list(item.iter_markers("fault"))
    return bool(marks) and not any(mark.kwargs.get("always") for mark in marks)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The table: each row that ran, and what came of it."""
    reports = [report for reports in terminalreporter.stats.values() for report in reports]
    rows = [dict(report.user_properties) for report in reports if getattr(report, "when", "") == "call"]
    rows = [row for row in rows if "fault" in row]
    if not rows:
        return
    table = Table(*COLUMNS, title="Faults" + (" at the default intervals" if not INTERVALS else ""))
    for row in rows:
        table.add_row(*(_shown(row.get(column)) for column in COLUMNS))
    Console(width=140).print(table)


def _shown(value: object) -> str:
    return f"{value:.1f} s" if isinstance(value, float) else "" if value is None else str(value)


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """A whole tower with every part embedded."""
    yield from _tower(tmp_path_factory, comfyui_urls=())


@pytest.fixture(scope="session")
def server() -> Iterator[FakeComfyUI]:
    with fake_comfyui() as fake:
        yield fake


@pytest.fixture(scope="session")
def on_fake(tmp_path_factory: pytest.TempPathFactory, server: FakeComfyUI) -> Iterator[Stand]:
    """A whole tower whose renderer is the fake."""
    yield from _tower(tmp_path_factory, comfyui_urls=(server.url,))


@pytest.fixture(scope="session")
def second(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A second of video, as a renderer delivers it."""
    return clip(tmp_path_factory.mktemp("output"), 24)


@pytest.fixture
def fake(server: FakeComfyUI, second: bytes) -> FakeComfyUI:
    """The fake as new: nothing in its queue, and well."""
    server.reset(output=second)
    return server


def _tower(tmp_path_factory: pytest.TempPathFactory, **given: Any) -> Iterator[Stand]:
    settings = _settings(tmp_path_factory, **given)
    with standing(settings) as stand:
        yield stand
    forget(settings.home)


def _settings(tmp_path_factory: pytest.TempPathFactory, **given: Any) -> Settings:
    return Settings(
        home=tmp_path_factory.mktemp("faults") / "home", anime_port=0, episodes_port=0,
        music_port=0, echo_port=0, prefect_port=0, comfyui_port=0,
        database_url=None, prefect_api_url=None, **INTERVALS, **given,
    )  # fmt: skip


@pytest.fixture
def told(record_property: Any) -> Any:
    """Puts the row of a test into the table."""

    def tell(fault: str, stage: str, generation: Any) -> None:
        job = generation.job()
        outcome = job["status"] + (f": {job['error']['code']}" if job["error"] else "")
        values = (
            fault, stage, outcome, job["attempt"], generation.goes_on_after_s(), generation.ended_after_s(),
        )  # fmt: skip
        for column, value in zip(COLUMNS, values, strict=True):
            record_property(column, value)

    return tell

"""What was under way when a backup was made is taken up where it is restored, and carried to its end."""

import socket
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from prefect.client.orchestration import get_client
from psycopg import sql
from pydantic import SecretStr

from db.databases import beside, ensure
from db.migrate import upgrade
from db.models.production import Stage
from db.queries import ownership
from db.queries.ownership import Run
from db.session import transaction
from deployments import restoring
from deployments.backup import make_backup
from studio.settings import Settings
from tasks.assess import assess_take
from tasks.check import check_consistency
from tasks.plan import plan_scene
from tasks.publish import publish_clip
from tasks.reconcile import reconcile_once
from tasks.render import render_take
from tasks.sync import sync_to_beat
from tests.fakes.comfyui import FakeComfyUI
from tests.fakes.staging import job, planned

NAMES = ("backed_up", "restored")


@pytest.fixture
def homes(postgres_url: str, orchestrated: None, tmp_path: Path) -> Iterator[tuple[Settings, Settings]]:
    """A tower and another, each with a database of its own; the second has nothing yet."""
    ensure(postgres_url, *NAMES)
    upgrade(beside(postgres_url, NAMES[0]))
    old, new = (
        Settings(home=tmp_path / name, database_url=SecretStr(beside(postgres_url, name))) for name in NAMES
    )
    old.home.mkdir()
    yield old, new
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        for name in NAMES:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _on(settings: Settings, patch: pytest.MonkeyPatch) -> str:
    assert settings.database_url is not None
    url = settings.database_url.get_secret_value()
    patch.setenv("DATABASE_URL", url)
    patch.setenv("TOWER_HOME", str(settings.home))
    return url


def test_a_generation_in_mid_flight_is_carried_to_its_end_from_a_backup(
    fake: FakeComfyUI, homes: tuple[Settings, Settings], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    old, new = homes
    url = _on(old, monkeypatch)
    run = planned()
    with transaction() as session:
        ownership.submitted(session, run, uuid4())  # a run that no Prefect knows once this is restored
        ownership.start(session, run, host=socket.gethostname(), pid=2**22 - 1, pid_started=1.0)
    make_backup(url, old, tmp_path / "tower.zip", {})
    restoring.restore_backup(new, tmp_path / "tower.zip", force=False)

    _on(new, monkeypatch)
    reconcile_once()
    heir = Run(run.generation_id, 2)
    taken_up = job(heir)
    assert (taken_up.status, taken_up.attempt) == ("processing", 2)
    with get_client(sync_client=True) as client:
        assert taken_up.flow_run_id is not None
        shown = client.read_flow_run(taken_up.flow_run_id)
    assert shown.parameters == {"generation_id": run.generation_id, "attempt": 2}

    for stage in (plan_scene, check_consistency, render_take, assess_take, sync_to_beat, publish_clip):
        stage.fn(heir)
    done = job(heir)
    assert done.status == "completed"
    assert Path(str(done.video_path)).is_relative_to(new.assets)
    assert Path(str(done.published_path)).is_relative_to(new.library)
    with transaction() as session:
        attempts = {
            name: session.get_one(Stage, (run.generation_id, name, 1)).attempt
            for name in ("plan", "check", "render")
        }
    assert attempts == {"plan": 1, "check": 1, "render": 2}

"""Kills with -9 amid a trailer and amid a plan of the director: all is done, published and begun once."""

import hashlib
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from studio.library import title_from
from tests.faults.drills import mark_struck
from tests.faults.gates import Gates, gates
from tests.faults.outcome import await_rest, check_ended, check_numbered
from tests.faults.stand import JOBS, STAGES, Generation, Stand

CHILDREN: Final = f"SELECT * FROM {JOBS} WHERE parent_id = %s ORDER BY created_at"
STEPS: Final = "SELECT * FROM anime_api.director_steps WHERE generation_id = %s ORDER BY step"
RENDERED: Final = "SELECT count(*) FROM render_queue WHERE generation_id = %s"

pytestmark = pytest.mark.fault


@pytest.fixture(scope="module")
def clip(embedded: Stand) -> Generation:
    """A finished clip, of which trailers are made."""
    embedded.await_up()
    made = embedded.begin("A clip for trailers", duration=3.0)
    check_ended(made, "completed")
    return made


@pytest.mark.parametrize("stage", ["sync", "publish"])
def test_a_kill_amid_a_trailer_publishes_it_once(
    embedded: Stand, clip: Generation, told: Any, stage: str
) -> None:
    embedded.await_up()
    title = f"Trailer killed at {stage}"
    with gates(embedded.addresses.database_url, [(title, stage)]) as closed:
        path = f"/projects/{clip.job()['project_id']}/trailer"
        made = embedded.post(path, title=title, length=4, publish=True)
        trailer = Generation(embedded, made["generation_id"], title, clip.project)
        closed.await_arrival(title, stage)
        strike(trailer)
    check_published_once(trailer)
    told("kill -9 of a trailer's run", stage, trailer)


def test_a_kill_while_a_plan_has_a_clip_rendered_begins_no_second_one(embedded: Stand, told: Any) -> None:
    embedded.await_up()
    project = int(embedded.post("/projects", name="Fault of a plan")["id"])
    with talk(embedded, project, "create a 1-second anime scene in a village by day") as (plan, closed):
        (prompt,) = (
            step["parameters"]["prompt"] for step in plan.steps if step["action"] == "generate_video"
        )
        title = title_from(prompt)
        closed.close(title, "render")
        directed = plan.confirm()
        closed.await_arrival(title, "render")
        strike(directed)
    check_carried_out(directed)
    (child,) = embedded.rows(CHILDREN, directed.id)
    assert (child["title"], child["status"]) == (title, "completed")
    assert embedded.rows(RENDERED, child["id"]) == [{"count": 1}]
    told("kill -9 of a plan's run", "a clip's render", directed)


def test_a_kill_amid_the_publish_step_of_a_plan_publishes_once(
    embedded: Stand, clip: Generation, told: Any
) -> None:
    """The step is about to be noted: the trailer is sent into the library with that note, or not at all."""
    embedded.await_up()
    project = int(clip.job()["project_id"])
    with talk(embedded, project, "make a trailer and publish it") as (plan, closed):
        assert [step["action"] for step in plan.steps] == ["make_trailer", "publish"]
        closed.close(plan.words, "step 2")
        directed = plan.confirm()
        closed.await_arrival(plan.words, "step 2")
        strike(directed)
    check_carried_out(directed)
    (child,) = embedded.rows(CHILDREN, directed.id)
    check_published_once(Generation(embedded, child["id"], child["title"], clip.project))
    told("kill -9 of a plan's run", "publish step", directed)


def test_a_kill_of_the_services_amid_a_plan_loses_nothing_and_does_nothing_twice(
    embedded: Stand, told: Any
) -> None:
    """The plan goes on without them; a yes that is sent again finds it when they are back."""
    embedded.await_up()
    project = int(embedded.post("/projects", name="Fault of the services")["id"])
    with talk(embedded, project, "create a 1-second anime scene by the sea") as (plan, closed):
        closed.close(plan.words, "step 1")
        directed = plan.confirm()
        closed.await_arrival(plan.words, "step 1")
        directed.struck_at = embedded.clock()
        embedded.kill_part("api")
        closed.open(plan.words, "step 1")
        directed.until(lambda job: job["status"] != "processing")
        embedded.await_up()
        assert plan.confirm().id == directed.id
        said = plan.http.get(f"/conversations/{plan.words}").json()["turns"]
    job = directed.job()
    assert (job["status"], job["error"], job["attempt"]) == ("completed", None, 1)
    assert [(turn["request"], turn["generation_id"]) for turn in said] == [(plan.words, directed.id)]
    assert len(embedded.rows(CHILDREN, directed.id)) == 1
    await_rest(directed)
    told("kill -9 of the services", "a plan's first step", directed)


def strike(struck: Generation) -> None:
    mark_struck(struck.stand, [struck])
    os.kill(struck.processes[0].pid, signal.SIGKILL)


class Talk:
    """What was said to the director, what it means to do, and a yes to it."""

    def __init__(self, stand: Stand, http: httpx.Client, project: int, words: str) -> None:
        context = {"project_id": project, "quality": "draft"}
        self.stand, self.http, self.words = stand, http, words
        self.body = {"conversation_id": words, "context": context}
        self.steps = self._say(words)["action_plan"]

    def confirm(self) -> Generation:
        return Generation(self.stand, self._say("yes")["generation_id"], self.words, self.words)

    def _say(self, words: str) -> dict[str, Any]:
        answer = self.http.post("/chat", json={**self.body, "message": words})
        assert answer.is_success, answer.text
        return dict(answer.json())


@contextmanager
def talk(stand: Stand, project: int, words: str) -> Iterator[tuple[Talk, Gates]]:
    """A talk with the director, and gates that are open again at its end."""
    size = stand.api.put(f"/projects/{project}/settings", json={"width": 128, "height": 72})
    assert size.is_success, size.text
    echo = httpx.Client(base_url=f"{stand.addresses.echo_url}/api/echo", trust_env=False, timeout=60)
    with echo as http, gates(stand.addresses.database_url) as closed:
        yield Talk(stand, http, project, words), closed


def check_carried_out(directed: Generation) -> None:
    """The plan ends, each of its steps done, by a second attempt; nothing of it is left."""
    directed.until(lambda job: job["status"] != "processing")
    job = directed.job()
    assert (job["status"], job["error"], job["attempt"]) == ("completed", None, 2)
    assert {row["state"] for row in directed.stand.rows(STEPS, directed.id)} == {"completed"}
    check_numbered(directed)
    await_rest(directed)


def check_published_once(trailer: Generation) -> None:
    """The trailer lies in the library once and whole, under the number that it was given."""
    trailer.until(lambda job: job["status"] != "processing")
    stand, job = trailer.stand, trailer.job()
    assert (job["status"], job["error"]) == ("completed", None)
    (synced,) = [row["result"] for row in stand.rows(STAGES, trailer.id) if row["stage"] == "sync"]
    folder = f"{trailer.project} (*"
    prints = {path: sha256(path) for path in Path(stand.settings.library).glob(f"{folder}/**/*.mp4")}
    assert [str(path) for path, it in prints.items() if it == synced["sha256"]] == [job["published_path"]]
    assert not [*Path(stand.settings.library).glob(f"{folder}/**/.*")]
    check_numbered(trailer)
    await_rest(trailer)


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()

"""Kills with -9 amid the render of an episode: one episode is published, and no scene is rendered twice."""

import hashlib
import os
import signal
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from tests.faults.drills import mark_struck
from tests.faults.gates import gates
from tests.faults.outcome import await_rest, check_numbered
from tests.faults.stand import JOBS, STAGES, Generation, Stand

CHILDREN: Final = f"SELECT * FROM {JOBS} WHERE parent_id = %s ORDER BY created_at"
RENDERED: Final = """
SELECT j.scene_id, count(*) FROM render_queue q JOIN anime_api.production_jobs j ON j.id = q.generation_id
WHERE j.parent_id = %s GROUP BY 1
"""
ROWS: Final = [
    pytest.param("run", "render", marks=pytest.mark.fault(always=True), id="run-render"),
    pytest.param("run", "sync", marks=pytest.mark.fault, id="run-sync"),
    pytest.param("run", "publish", marks=pytest.mark.fault, id="run-publish"),
    pytest.param("child", "render", marks=pytest.mark.fault, id="child-render"),
    pytest.param("worker", "render", marks=pytest.mark.fault, id="worker-render"),
]


@pytest.mark.parametrize(("victim", "stage"), ROWS)
def test_a_kill_amid_an_episode_renders_no_scene_twice_and_publishes_once(
    embedded: Stand, told: Any, victim: str, stage: str
) -> None:
    embedded.await_up()
    title = f"Kill of {victim} at {stage}"
    gate = (_title(title, 1), "render") if stage == "render" else (title, stage)
    with gates(embedded.addresses.database_url, [gate]) as closed:
        episode = begin(embedded, title)
        closed.await_arrival(*gate)
        children = [_child(embedded, row) for row in embedded.rows(CHILDREN, episode.id)]
        struck = children[0] if victim == "child" else episode
        mark_struck(embedded, [struck])
        episode.struck_at = struck.struck_at
        strike(embedded, victim, struck)
    check_published_once(episode, children)
    assert struck.job()["attempt"] > 1
    told(f"kill -9 of an episode's {victim}", stage, struck)


def strike(stand: Stand, victim: str, struck: Generation) -> None:
    if victim == "worker":
        stand.kill_part("worker", with_children=True)
    else:
        os.kill(struck.processes[0].pid, signal.SIGKILL)


def begin(stand: Stand, title: str) -> Generation:
    """A render of an episode of two small scenes, in a project of its own."""
    project = stand.post("/projects", name=title)["id"]
    answer = stand.api.put(f"/projects/{project}/settings", json={"width": 128, "height": 72})
    assert answer.is_success, answer.text
    scenes = [
        stand.post(
            "/scenes", project_id=project, scene_number=number, description=_title(title, number),
            metadata={"duration": 1, "seed": number},
        )["id"]
        for number in (1, 2)
    ]  # fmt: skip
    url = f"{stand.addresses.episodes_url}/api/anime/episodes"
    with httpx.Client(trust_env=False, timeout=60) as http:
        body = {"project_id": project, "title": title, "scenes": scenes}
        made = http.post(url, json=body).raise_for_status().json()
        render = http.post(f"{url}/{made['id']}/render", json={"quality": "draft"}).raise_for_status()
    return Generation(stand, render.json()["generation_id"], title, title)


def _title(title: str, number: int) -> str:
    """A scene's description, by which its clip is called too."""
    return f"a village by day {title.lower()} {number}"


def _child(stand: Stand, row: dict[str, Any]) -> Generation:
    return Generation(stand, row["id"], row["title"], row["title"])


def check_published_once(episode: Generation, children: list[Generation]) -> None:
    """The episode is there once and whole, each of its scenes was rendered once, and nothing is left over."""
    stand = episode.stand
    episode.until(lambda job: job["status"] != "processing")
    job = episode.job()
    assert (job["status"], job["error"]) == ("completed", None)
    rendered = stand.rows(RENDERED, episode.id)
    assert [row["count"] for row in rendered] == [1, 1]
    assert [row["id"] for row in stand.rows(CHILDREN, episode.id)] == [child.id for child in children]
    (synced,) = [row["result"] for row in stand.rows(STAGES, episode.id) if row["stage"] == "sync"]
    videos = [*Path(stand.settings.library).glob(f"{episode.project} (*/Season 01/*.mp4")]
    assert [str(path) for path in videos] == [job["published_path"]]
    assert hashlib.sha256(videos[0].read_bytes()).hexdigest() == synced["sha256"]
    assert not [*Path(stand.settings.library).glob(f"{episode.project} (*/**/.*")]
    for generation in (episode, *children):
        check_numbered(generation)
        await_rest(generation)

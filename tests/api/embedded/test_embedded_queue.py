import uuid

import httpx
import psutil

from studio.clients.comfyui import ComfyUI, JobState
from studio.errors import RenderError
from studio.storyboard import CastMember
from tests.fakes.prompts import board, ended, graph, png, post
from tests.fakes.render_child import COMMAND
from tests.fakes.serving import wait_until


def test_a_crash_of_the_child_fails_the_prompt_and_not_the_server(client: ComfyUI) -> None:
    job = ended(client, post(client, prompt="crash"))
    assert job.state is JobState.FAILED
    assert "exit code 7" in str(job.error)
    assert ended(client, post(client)).state is JobState.DONE


def test_an_error_in_the_drawing_is_told_with_its_reason(client: ComfyUI, http: httpx.Client) -> None:
    prompt_id = post(client, prompt="raise")
    job = ended(client, prompt_id)
    assert isinstance(job.error, RenderError)
    assert "no such place" in str(job.error)
    told = http.get(f"/api/jobs/{prompt_id}").json()["execution_error"]
    assert (told["exception_type"], told["node_type"]) == ("ValueError", "TowerAnimatic")
    assert told["traceback"]


def test_a_library_that_prints_does_no_harm(client: ComfyUI) -> None:
    assert ended(client, post(client, prompt="print")).state is JobState.DONE


def test_the_cast_reaches_the_drawing_with_its_pictures(client: ComfyUI) -> None:
    cast = (CastMember("Kai", "", client.upload_image("kai.png", png())), CastMember("Mei", "red hair"))
    job = ended(client, post(client, prompt="cast", storyboard=board(cast)))
    assert "2 actors, pictures [(4, 6, 4)]" in str(job.error)


def test_a_picture_that_is_none_fails_the_prompt(client: ComfyUI) -> None:
    cast = (CastMember("Kai", "", client.upload_image("no.png", b"no picture")),)
    assert ended(client, post(client, storyboard=board(cast))).state is JobState.FAILED


def test_cancel_stops_a_running_prompt_and_the_next_one_runs(client: ComfyUI) -> None:
    running, waiting, doomed = post(client, prompt="hang"), post(client), post(client)
    wait_until(lambda: client.job(running).state is JobState.RUNNING)
    client.cancel(doomed)
    assert client.job(doomed).state is JobState.UNKNOWN
    client.cancel(running)
    assert ended(client, running).state is JobState.CANCELLED
    assert ended(client, waiting).state is JobState.DONE


def test_cancel_by_the_jobs_route_is_idempotent(client: ComfyUI, http: httpx.Client) -> None:
    running = post(client, prompt="hang")
    wait_until(lambda: client.job(running).state is JobState.RUNNING)
    assert http.post(f"/api/jobs/{running}/cancel").json() == {"cancelled": True}
    ended(client, running)
    assert http.post(f"/api/jobs/{running}/cancel").json() == {"cancelled": False}
    entry = http.get(f"/history/{running}").json()[running]
    assert entry["status"]["status_str"] == "error"
    assert entry["status"]["messages"][-1][0] == "execution_interrupted"


def test_an_interrupt_spares_another_prompt_and_without_an_id_takes_any(
    client: ComfyUI, http: httpx.Client
) -> None:
    running = post(client, prompt="hang")
    wait_until(lambda: client.job(running).state is JobState.RUNNING)
    http.post("/interrupt", json={"prompt_id": str(uuid.uuid4())})
    assert client.job(running).state is JobState.RUNNING
    http.post("/interrupt")
    assert ended(client, running).state is JobState.CANCELLED


def test_front_goes_first_and_clear_empties_the_queue(client: ComfyUI, http: httpx.Client) -> None:
    running = post(client, prompt="hang")
    wait_until(lambda: client.job(running).state is JobState.RUNNING)
    last = post(client)
    first = http.post("/prompt", json={"prompt": graph(), "front": True}).json()["prompt_id"]
    assert [row[1] for row in http.get("/queue").json()["queue_pending"]] == [first, last]
    http.post("/queue", json={"clear": True})
    assert http.get("/prompt").json() == {"exec_info": {"queue_remaining": 1}}
    client.cancel(running)
    ended(client, running)


def test_jobs_are_listed_by_state_and_in_pages(client: ComfyUI, http: httpx.Client) -> None:
    done = post(client)
    ended(client, done)
    newest = http.get("/api/jobs", params={"status": "completed", "limit": 1}).json()
    assert newest["jobs"][0]["preview_output"]["filename"].endswith(".mp4")
    assert newest["pagination"] | {"total": 0} == {"offset": 0, "limit": 1, "total": 0, "has_more": True}
    assert http.get("/api/jobs", params={"status": "lost"}).status_code == 400
    assert http.get("/api/jobs/none").status_code == 404


def test_the_history_forgets_what_it_is_told_to(client: ComfyUI, http: httpx.Client) -> None:
    prompt_id = post(client)
    ended(client, prompt_id)
    assert list(http.get("/history", params={"max_items": 1}).json()) == [prompt_id]
    http.post("/history", json={"delete": [prompt_id]})
    assert client.job(prompt_id).state is JobState.UNKNOWN
    http.post("/history", json={"clear": True})
    assert http.get("/history").json() == {}


def test_free_ends_the_idle_child_and_the_next_prompt_gets_another(client: ComfyUI) -> None:
    ended(client, post(client))
    (child,) = (child for child in psutil.Process().children() if COMMAND[1] in child.cmdline())
    client.free()
    wait_until(lambda: not psutil.pid_exists(child.pid))
    assert ended(client, post(client)).state is JobState.DONE

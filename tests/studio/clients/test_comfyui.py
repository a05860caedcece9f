import socket
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from studio.clients.comfyui import ComfyUI, Job, JobState, OutputFile, Progress
from studio.clients.comfyui_replies import read_finished, read_job
from studio.errors import (
    GraphError,
    MissingModelError,
    MissingNodeError,
    OutOfMemoryError,
    RenderEmptyError,
    RendererDiskError,
    RenderError,
    RenderLostError,
    StorageError,
    UnavailableError,
)
from studio.shipped import ANIMATIC
from studio.workflows import bind
from tests.fakes.comfyui import FakeComfyUI, fake_comfyui
from tests.fakes.comfyui_answers import DISK_FULL, MODELS, OUT_OF_MEMORY, tiny_mp4
from tests.fakes.serving import wait_until

CLIENT = "tower-test"
BOTH = pytest.mark.parametrize("server", [True, False], indirect=True, ids=["today", "2025"])


@pytest.fixture(scope="module")
def one_server() -> Iterator[FakeComfyUI]:
    with fake_comfyui() as fake:
        yield fake


@pytest.fixture(autouse=True)
def server(one_server: FakeComfyUI, request: pytest.FixtureRequest) -> FakeComfyUI:
    one_server.reset(has_jobs_route=getattr(request, "param", True))
    return one_server


@pytest.fixture(scope="module")
def client(one_server: FakeComfyUI) -> Iterator[ComfyUI]:
    with httpx.Client(base_url=one_server.url) as http:
        yield ComfyUI(http)


@contextmanager
def answering(answer: Callable[[httpx.Request], httpx.Response]) -> Iterator[ComfyUI]:
    with httpx.Client(base_url="http://other", transport=httpx.MockTransport(answer)) as http:
        yield ComfyUI(http)


def graph(prefix: str = "tower/gen_1-1") -> dict[str, Any]:
    size = {"width": 128, "height": 72, "frames": 8, "fps": 24}
    return bind(ANIMATIC, {"prompt": "rain", "seed": 7, "filename_prefix": prefix, **size})


def post(client: ComfyUI, posted: dict[str, Any] | None = None) -> str:
    prompt_id = str(uuid.uuid4())
    client.submit(posted or graph(), prompt_id=prompt_id, client_id=CLIENT)
    return prompt_id


def ended(client: ComfyUI, prompt_id: str) -> Job:
    wait_until(lambda: client.job(prompt_id).state not in (JobState.PENDING, JobState.RUNNING))
    return client.job(prompt_id)


def loading(model: str) -> dict[str, Any]:
    loader = {"class_type": "UNETLoader", "inputs": {"unet_name": model, "weight_dtype": "default"}}
    return {**graph(), "3": loader, "4": {"class_type": "SaveVideo", "inputs": {**SAVE, "video": ["3", 0]}}}


SAVE = {"filename_prefix": "x", "format": "mp4", "codec": "h264"}


@BOTH
def test_a_prompt_that_is_done_tells_its_file(client: ComfyUI) -> None:
    job = ended(client, post(client))
    assert job.state is JobState.DONE
    assert job.outputs == (OutputFile("gen_1-1_00001_.mp4", "tower", "output"),)
    assert job.outputs[0].is_video


@BOTH
def test_a_prompt_waits_behind_the_one_that_runs(server: FakeComfyUI, client: ComfyUI) -> None:
    server.is_held = True
    first, second = post(client), post(client)
    wait_until(lambda: client.job(first).state is JobState.RUNNING)
    assert client.job(second).state is JobState.PENDING
    assert client.queue_length() == 2


@BOTH
def test_an_id_never_posted_is_unknown(client: ComfyUI) -> None:
    assert client.job(str(uuid.uuid4())).state is JobState.UNKNOWN


@BOTH
def test_a_restart_leaves_a_running_prompt_unknown(server: FakeComfyUI, client: ComfyUI) -> None:
    server.is_held = True
    prompt_id = post(client)
    wait_until(lambda: client.job(prompt_id).state is JobState.RUNNING)
    server.restart()
    assert client.job(prompt_id).state is JobState.UNKNOWN


@BOTH
def test_out_of_memory_is_an_error_of_its_own(server: FakeComfyUI, client: ComfyUI) -> None:
    server.error = OUT_OF_MEMORY
    job = ended(client, post(client))
    assert job.state is JobState.FAILED
    assert isinstance(job.error, OutOfMemoryError)


@BOTH
@pytest.mark.parametrize(
    ("told", "family"),
    [
        (("torch.cuda.OutOfMemoryError", "CUDA out of memory. Tried to allocate 2.00 GiB"), OutOfMemoryError),
        (("RuntimeError", "HIP out of memory. Tried to allocate 20.00 MiB"), OutOfMemoryError),
        (("RuntimeError", "[enforce fail] DefaultCPUAllocator: can't allocate memory"), OutOfMemoryError),
        (("numpy._core._exceptions._ArrayMemoryError", "Unable to allocate 9 GiB"), OutOfMemoryError),
        (DISK_FULL, RendererDiskError),
        (("OSError", "[Errno 122] Disk quota exceeded: '/out/x.mp4'"), RendererDiskError),
        (("FileNotFoundError", "Model in folder 'vae' with filename 'w.sft' not found."), MissingModelError),
        (("FileNotFoundError", "[Errno 2] No such file or directory: 'ref.png'"), RenderError),
    ],
)  # fmt: skip
def test_errors_of_nodes_are_sorted(
    server: FakeComfyUI, client: ComfyUI, told: tuple[str, str], family: type[RenderError]
) -> None:
    server.fails = [told]
    assert type(ended(client, post(client)).error) is family


@BOTH
def test_another_failure_tells_node_and_reason(server: FakeComfyUI, client: ComfyUI) -> None:
    server.error = ("ValueError", "no such sampler")
    error = ended(client, post(client)).error
    assert type(error) is RenderError
    assert "SaveVideo" in str(error)
    assert "no such sampler" in str(error)


@BOTH
def test_cancel_stops_the_running_prompt_and_that_one_only(server: FakeComfyUI, client: ComfyUI) -> None:
    server.is_held = True
    running, waiting = post(client), post(client)
    wait_until(lambda: client.job(running).state is JobState.RUNNING)
    client.cancel(running)
    assert ended(client, running).state is JobState.CANCELLED
    assert client.job(waiting).state in (JobState.PENDING, JobState.RUNNING)
    assert server.interrupts == [{"prompt_id": running}]


def test_cancel_on_an_old_server_that_stops_whatever_runs_leaves_others_alone(
    server: FakeComfyUI, client: ComfyUI
) -> None:
    server.reset(has_jobs_route=False, stops_whatever_runs=True, is_held=True)
    running, waiting = post(client), post(client)
    wait_until(lambda: client.job(running).state is JobState.RUNNING)
    client.cancel(waiting)
    client.cancel("00000000-0000-0000-0000-000000000000")
    assert (server.interrupts, client.running()) == ([], (running,))
    client.cancel(running)
    assert ended(client, running).state is JobState.CANCELLED


@BOTH
def test_cancel_of_a_waiting_prompt_interrupts_nobody(server: FakeComfyUI, client: ComfyUI) -> None:
    server.is_held = True
    running, waiting = post(client), post(client)
    wait_until(lambda: client.job(running).state is JobState.RUNNING)
    client.cancel(waiting)
    client.cancel(waiting)
    assert client.job(waiting).state is JobState.UNKNOWN
    assert client.job(running).state is JobState.RUNNING
    assert server.interrupts == []


@BOTH
def test_a_cached_success_has_no_outputs(server: FakeComfyUI, client: ComfyUI) -> None:
    server.is_cached = True
    job = ended(client, post(client))
    assert (job.state, job.outputs) == (JobState.DONE, ())


@BOTH
def test_a_prompt_whose_history_lags_is_never_unknown(server: FakeComfyUI, client: ComfyUI) -> None:
    server.history_lag_s = 0.1
    prompt_id = post(client)
    seen = {client.job(prompt_id).state for _ in range(30)} | {ended(client, prompt_id).state}
    assert JobState.UNKNOWN not in seen
    assert JobState.DONE in seen


def test_a_missing_model_is_named_with_what_there_is(client: ComfyUI) -> None:
    only = {k: v for k, v in loading("wan2.2_5B.safetensors").items() if k in ("3", "4")}
    with pytest.raises(MissingModelError, match=r"wan2\.2_5B") as caught:
        post(client, only)
    assert caught.value.details["models"] == [{"file": "wan2.2_5B.safetensors", "available": MODELS}]


def test_a_long_list_of_models_is_fetched_as_the_refusal_leaves_it_out(
    server: FakeComfyUI, client: ComfyUI
) -> None:
    many = [f"model{number}.safetensors" for number in range(30)]
    server.object_info["UNETLoader"]["input"]["required"]["unet_name"] = [many]
    with pytest.raises(MissingModelError) as caught:
        post(client, loading("wan2.2_5B.safetensors"))
    assert caught.value.details["models"][0]["available"] == many


def test_a_value_on_no_list_that_is_no_model_is_a_graph_error(client: ComfyUI) -> None:
    faulty = loading(MODELS[0])
    faulty["3"]["inputs"]["weight_dtype"] = "int3"
    with pytest.raises(GraphError, match="int3") as caught:
        post(client, faulty)
    assert type(caught.value) is GraphError


def test_a_partly_valid_graph_is_refused_and_its_good_part_withdrawn(
    server: FakeComfyUI, client: ComfyUI
) -> None:
    server.is_held = True
    post(client)
    wait_until(lambda: server.running)
    with pytest.raises(MissingModelError):
        post(client, loading("wan2.2_5B.safetensors"))
    assert len(server.posts) == 2
    assert client.queue_length() == 1


def test_all_missing_nodes_are_named(client: ComfyUI) -> None:
    faulty = {
        **graph(),
        "8": {"class_type": "VHS_Load", "inputs": {}},
        "9": {"class_type": "ADE", "inputs": {}},
    }
    with pytest.raises(MissingNodeError) as caught:
        post(client, faulty)
    assert caught.value.details["nodes"] == ["ADE", "VHS_Load"]


def test_a_graph_without_outputs_is_a_graph_error(client: ComfyUI) -> None:
    with pytest.raises(GraphError, match="no outputs"):
        post(client, {"1": graph()["1"]})


def test_an_answer_lost_on_the_way_is_unavailable_and_the_prompt_is_found(
    server: FakeComfyUI, client: ComfyUI
) -> None:
    server.loses_answers = True
    prompt_id = str(uuid.uuid4())
    with pytest.raises(UnavailableError):
        client.submit(graph(), prompt_id=prompt_id, client_id=CLIENT)
    assert ended(client, prompt_id).state is JobState.DONE


@pytest.mark.parametrize("path", ["/queue", "/prompt"])
def test_a_500_is_unavailable(server: FakeComfyUI, client: ComfyUI, path: str) -> None:
    server.broken[path] = 1
    with pytest.raises(UnavailableError, match="500"):
        client.running() if path == "/queue" else client.queue_length()


def test_a_server_that_is_not_there_is_unavailable() -> None:
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        with httpx.Client(base_url=f"http://127.0.0.1:{unheard.getsockname()[1]}") as http:
            with pytest.raises(UnavailableError, match="does not answer"):
                ComfyUI(http).queue_length()
            with ComfyUI(http).watch(CLIENT, timeout_s=1) as events:
                assert list(events) == []


@pytest.mark.parametrize("answer", [httpx.Response(200, text="<html>"), httpx.Response(200, json={"a": 1})])
def test_an_answer_that_is_not_comfyuis_is_unavailable(answer: httpx.Response) -> None:
    with answering(lambda _: answer) as client, pytest.raises(UnavailableError, match="not ComfyUI"):
        client.queue_length()


def test_a_password_in_the_address_is_not_told() -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(502))
    with (
        httpx.Client(base_url="http://tower:s3cret@far", transport=transport) as http,
        pytest.raises(UnavailableError, match="502") as caught,
    ):
        ComfyUI(http).free()
    assert "s3cret" not in f"{caught.value} {caught.value.details}"


def test_a_server_that_gives_its_own_ids_is_too_old() -> None:
    answer = httpx.Response(200, json={"prompt_id": "other", "number": 1, "node_errors": {}})
    with answering(lambda _: answer) as client, pytest.raises(RenderError, match="older"):
        post(client)


def test_a_missing_node_of_2025_is_read_off_its_message() -> None:
    error = {"type": "invalid_prompt", "message": "Cannot execute because node VHS_Load does not exist."}
    answers = {"/prompt": httpx.Response(400, json={"error": error, "node_errors": []})}
    with (
        answering(lambda request: answers.get(request.url.path, httpx.Response(503))) as client,
        pytest.raises(MissingNodeError, match="VHS_Load"),
    ):
        post(client)


@BOTH
def test_how_long_a_prompt_ran_is_read_off_the_servers_clock(server: FakeComfyUI, client: ComfyUI) -> None:
    server.render_s = 0.08
    seconds = ended(client, post(client)).seconds
    assert seconds is not None
    assert 0.07 < seconds < 2


def test_files_are_found_under_any_key_and_a_saved_video_is_preferred() -> None:
    outputs = {
        "1": {"images": [{"filename": "still.png", "subfolder": "", "type": "output"}], "text": ["done"]},
        "2": {
            "gifs": [{"filename": "look.mp4", "subfolder": "", "type": "temp", "format": "video/h264-mp4"}]
        },
        "3": {
            "video": [{"filename": "take.WEBM", "subfolder": "tower", "type": "output"}],
            "animated": (True,),
        },
    }
    job = read_finished("x", {"status_str": "success", "messages": []}, outputs)
    assert [output.filename for output in job.outputs] == ["still.png", "look.mp4", "take.WEBM"]
    assert job.video == OutputFile("take.WEBM", "tower", "output")
    assert read_finished("x", None, {"2": outputs["2"]}).video == OutputFile("look.mp4", "", "temp")
    assert read_finished("x", None, {"1": outputs["1"]}).video is None


def test_a_failed_job_whose_history_tells_nothing_has_failed_all_the_same() -> None:
    error = {
        "node_type": "KSampler",
        "node_id": "3",
        "exception_type": "ValueError",
        "exception_message": "bad",
    }
    job = read_job("x", {"status": "failed", "execution_error": error, "outputs": {}})
    assert (job.state, str(job.error)) == (JobState.FAILED, "KSampler 3 failed: bad")


def test_download_brings_the_file_whole(client: ComfyUI, tmp_path: Path) -> None:
    client.download(ended(client, post(client)).outputs[0], tmp_path / "take.mp4")
    assert (tmp_path / "take.mp4").read_bytes() == tiny_mp4()


def test_a_file_that_is_gone_is_lost(client: ComfyUI, tmp_path: Path) -> None:
    with pytest.raises(RenderLostError):
        client.download(OutputFile("old.mp4", "", "output"), tmp_path / "take.mp4")
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_is_refused(server: FakeComfyUI, client: ComfyUI, tmp_path: Path) -> None:
    server.output = b""
    with pytest.raises(RenderEmptyError, match="empty"):
        client.download(ended(client, post(client)).outputs[0], tmp_path / "take.mp4")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_a_storage_error(client: ComfyUI, tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        client.download(ended(client, post(client)).outputs[0], tmp_path / "none" / "take.mp4")


def test_other_content_under_a_known_name_gets_a_name_of_its_own(client: ComfyUI) -> None:
    names = [client.upload_image("ref.png", content) for content in (b"kai", b"kai", b"mei")]
    assert names == ["ref.png", "ref.png", "ref (1).png"]


def test_free_object_info_and_system_stats_reach_the_server(server: FakeComfyUI, client: ComfyUI) -> None:
    client.free()
    assert server.freed == 1
    assert "SaveVideo" in client.object_info()
    assert client.system_stats()["devices"][0]["type"] == "cuda"


def watched(events: Iterator[Progress | None]) -> list[Progress]:
    seen = []
    for event in events:
        seen += [event] if event else []
        if event and event.finished:
            break
    return seen


def test_watch_tells_progress_preview_and_end(client: ComfyUI) -> None:
    with client.watch(CLIENT, timeout_s=5) as events:
        prompt_id = post(client)
        seen = watched(events)
    values = [event.value for event in seen if event.value is not None]
    assert values == [0.25, 0.25, 0.5, 0.5, 0.75, 0.75, 1.0, 1.0]  # today's servers tell it in two ways
    assert {event.preview for event in seen if event.preview} == {b"\xff\xd8\xff jpeg"}
    assert seen[-1] == Progress(prompt_id, finished=True)


def test_watch_gives_none_while_nothing_happens(client: ComfyUI) -> None:
    with client.watch(CLIENT, timeout_s=0.02) as events:
        assert [next(events), next(events)] == [None, None]


def test_watch_ends_when_the_socket_drops_and_http_still_knows(server: FakeComfyUI, client: ComfyUI) -> None:
    server.is_held = True
    with client.watch(CLIENT, timeout_s=5) as events:
        prompt_id = post(client)
        next(events)
        server.drop_sockets()
        assert not any(event.finished for event in events if event)
    server.is_held = False
    assert ended(client, prompt_id).state is JobState.DONE


def test_watch_hears_of_a_failure(server: FakeComfyUI, client: ComfyUI) -> None:
    server.error = OUT_OF_MEMORY
    with client.watch(CLIENT, timeout_s=5) as events:
        post(client)
        assert watched(events)[-1].finished

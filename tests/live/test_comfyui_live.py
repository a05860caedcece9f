"""The client against a real server: what the fake is to stand for."""

import io
import time
import uuid
from pathlib import Path

import pytest
from PIL import Image

from studio.clients.comfyui import ComfyUI, JobState, OutputFile, Progress
from studio.clients.media import probe_clip
from studio.errors import (
    GraphError,
    MissingModelError,
    MissingNodeError,
    OutOfMemoryError,
    RenderError,
    RenderLostError,
    UnavailableError,
)
from tests.fakes.serving import wait_until
from tests.live.graphs import CLIENT, INVALID, clip, ended, failing, loading, node, post, running, slow
from tests.live.server import RealComfyUI

CANCELLED_WITHIN_S = 2.0
WANTED = "wan2.1_t2v_1.3B_fp16.safetensors"


def png(colour: str) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (64, 32), colour).save(made, "png")
    return made.getvalue()


def test_a_clip_is_rendered_told_and_brought_here(client: ComfyUI, tmp_path: Path) -> None:
    prefix = f"tower/{uuid.uuid4()}"
    job = ended(client, post(client, clip(prefix)))
    assert job.state is JobState.DONE
    (output,) = job.outputs
    assert output == OutputFile(f"{prefix.removeprefix('tower/')}_00001_.mp4", "tower", "output")
    client.download(output, tmp_path / "clip.mp4")
    probed = probe_clip(tmp_path / "clip.mp4")
    assert (probed.width, probed.height, probed.frames, probed.fps) == (64, 32, 8, 24)


def test_a_missing_model_is_named_with_what_there_is(client: ComfyUI) -> None:
    with pytest.raises(MissingModelError, match="nowhere") as caught:
        post(client, loading("UNETLoader", unet_name="nowhere.safetensors", weight_dtype="default"))
    (model,) = caught.value.details["models"]
    assert model["file"] == "nowhere.safetensors"
    assert WANTED in model["available"]


def test_a_long_list_of_models_is_told_too(real_server: RealComfyUI, client: ComfyUI) -> None:
    more = [real_server.home / "models" / "loras" / f"style_{number}.safetensors" for number in range(25)]
    for file in more:
        file.touch()
    model = node("UNETLoader", unet_name=WANTED, weight_dtype="default")
    wanted = loading("LoraLoaderModelOnly", model=["model", 0], lora_name="no.pt", strength_model=1.0)
    with pytest.raises(MissingModelError) as caught:
        post(client, wanted | {"model": model})
    for file in more:
        file.unlink()
    (told,) = caught.value.details["models"]
    assert {file.name for file in more} <= set(told["available"])


def test_all_missing_nodes_are_named(client: ComfyUI) -> None:
    faulty = clip() | {"8": node("VHS_VideoCombine"), "9": node("ADE_Load")}
    with pytest.raises(MissingNodeError) as caught:
        post(client, faulty)
    assert caught.value.details["nodes"] == ["ADE_Load", "VHS_VideoCombine"]


@pytest.mark.parametrize("fault", INVALID)
def test_an_invalid_graph_is_refused_with_its_reason(client: ComfyUI, fault: str) -> None:
    change, told = INVALID[fault]
    with pytest.raises(GraphError, match=told) as caught:
        post(client, clip() | change)
    assert type(caught.value) is GraphError
    assert client.queue_length() == 0


def test_a_graph_without_outputs_is_refused(client: ComfyUI) -> None:
    with pytest.raises(GraphError, match="no outputs"):
        post(client, {"blank": clip()["blank"]})


def test_a_partly_valid_graph_is_refused_and_its_good_part_withdrawn(client: ComfyUI) -> None:
    faulty = slow() | loading("UNETLoader", unet_name="nowhere.safetensors", weight_dtype="default")
    with pytest.raises(MissingModelError):
        post(client, faulty)
    wait_until(lambda: client.queue_length() == 0, CANCELLED_WITHIN_S)


def test_an_id_never_posted_is_unknown(client: ComfyUI) -> None:
    assert client.job(str(uuid.uuid4())).state is JobState.UNKNOWN


def test_a_waiting_prompt_is_cancelled_and_the_running_one_let_be(client: ComfyUI) -> None:
    first, second = running(client, slow()), post(client, slow())
    assert client.job(second).state is JobState.PENDING
    client.cancel(second)
    client.cancel(second)
    assert client.job(second).state is JobState.UNKNOWN
    assert client.job(first).state is JobState.RUNNING


def test_the_running_prompt_is_cancelled_in_time_and_the_waiting_one_let_be(client: ComfyUI) -> None:
    first, second = running(client, slow()), post(client, clip())
    begun = time.monotonic()
    client.cancel(first)
    assert ended(client, first).state is JobState.CANCELLED
    assert time.monotonic() - begun < CANCELLED_WITHIN_S
    assert ended(client, second).state is JobState.DONE


def test_cancel_of_one_that_is_over_touches_nobody(client: ComfyUI) -> None:
    over = post(client, clip())
    assert ended(client, over).state is JobState.DONE
    other = running(client, slow())
    client.cancel(over)
    client.cancel(str(uuid.uuid4()))
    assert client.job(over).state is JobState.DONE
    assert client.job(other).state is JobState.RUNNING


def test_kill_in_mid_render_closes_the_socket_and_a_restart_knows_nothing(
    real_server: RealComfyUI, client: ComfyUI
) -> None:
    with client.watch(CLIENT, timeout_s=30) as events:
        prompt_id, waiting = running(client, slow()), post(client, clip())
        real_server.kill()
        assert not any(event.finished for event in events if event)
    with pytest.raises(UnavailableError, match="does not answer"):
        client.job(prompt_id)
    real_server.start()
    assert client.job(prompt_id).state is JobState.UNKNOWN
    assert client.job(waiting).state is JobState.UNKNOWN
    assert client.queue_length() == 0
    assert ended(client, post(client, clip())).state is JobState.DONE


def test_a_cached_rerun_tells_the_file_of_the_first_even_where_that_is_gone(
    real_server: RealComfyUI, client: ComfyUI, tmp_path: Path
) -> None:
    graph = clip()
    first = ended(client, post(client, graph)).outputs
    for file in (real_server.output / "tower").iterdir():
        file.unlink()
    again = ended(client, post(client, graph))
    assert (again.state, again.outputs) == (JobState.DONE, first)
    with pytest.raises(RenderLostError):
        client.download(again.outputs[0], tmp_path / "clip.mp4")


def test_a_prefix_of_its_own_makes_a_file_of_its_own(client: ComfyUI, tmp_path: Path) -> None:
    graph, prefix = clip(), f"tower/{uuid.uuid4()}"
    first = ended(client, post(client, graph)).outputs
    graph["save"]["inputs"]["filename_prefix"] = prefix
    (output,) = ended(client, post(client, graph)).outputs
    assert output not in first
    client.download(output, tmp_path / "clip.mp4")


def test_out_of_memory_is_an_error_of_its_own_and_the_server_goes_on(client: ComfyUI) -> None:
    job = ended(client, post(client, failing("TowerOutOfMemory")))
    assert job.state is JobState.FAILED
    assert isinstance(job.error, OutOfMemoryError)
    client.free()
    assert ended(client, post(client, clip())).state is JobState.DONE


def test_another_failure_tells_node_and_reason(client: ComfyUI) -> None:
    error = ended(client, post(client, failing("TowerFail"))).error
    assert type(error) is RenderError
    assert "TowerFail last failed: the picture is upside down" in str(error)


def test_a_dead_worker_leaves_its_prompt_running_for_ever(real_server: RealComfyUI, client: ComfyUI) -> None:
    with client.watch(CLIENT, timeout_s=1) as events:
        prompt_id = running(client, failing("TowerLeave"))
        while next(events) is not None:
            pass
    assert client.job(prompt_id).state is JobState.RUNNING
    client.cancel(prompt_id)
    assert client.job(prompt_id).state is JobState.RUNNING
    real_server.kill()
    real_server.start()


def test_other_content_under_a_known_name_gets_a_name_of_its_own(client: ComfyUI) -> None:
    name = f"{uuid.uuid4()}.png"
    names = [client.upload_image(name, png(colour)) for colour in ("red", "red", "blue")]
    assert names == [name, name, name.replace(".png", " (1).png")]
    job = ended(client, post(client, clip() | {"blank": node("LoadImage", image=names[2])}))
    assert job.state is JobState.DONE


def test_watch_tells_progress_and_the_end(client: ComfyUI) -> None:
    seen: list[Progress] = []
    with client.watch(CLIENT, timeout_s=30) as events:
        prompt_id = post(client, slow(steps=4, step_s=0.2))
        while not seen or not seen[-1].finished:
            seen += [event for event in [next(events)] if event]
    assert {event.value for event in seen if event.node == "last"} >= {0.25, 0.5, 0.75, 1.0}
    assert seen[-1] == Progress(prompt_id, finished=True)
    assert {event.prompt_id for event in seen} <= {prompt_id, None}


def test_a_dropped_socket_does_not_stop_the_render(client: ComfyUI) -> None:
    with client.watch(CLIENT, timeout_s=30) as events:
        prompt_id = post(client, slow(steps=10, step_s=0.05))
        next(events)
    assert ended(client, prompt_id).state is JobState.DONE


def test_stats_and_nodes_are_told(client: ComfyUI) -> None:
    stats = client.system_stats()
    assert stats["devices"][0]["type"] == "cpu"
    assert stats["system"]["comfyui_version"]
    assert {"SaveVideo", "UNETLoader", "WanImageToVideo"} <= set(client.object_info())

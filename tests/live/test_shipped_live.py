"""The shipped workflows on a real server: every graph, with each thing that may be given, and without."""

import io
import uuid
from itertools import chain, combinations
from pathlib import Path

import pytest
from PIL import Image

from studio.clients.comfyui import ComfyUI, JobState
from studio.clients.media import probe_clip
from studio.shipped import ANIMATIC, SHIPPED
from studio.workflows import Workflow, bind
from tests.live.graphs import CLIENT, ended, post

PICTURES = ("first_frame", "reference_1")
LORAS = {"lora_1": "kai.safetensors", "lora_1_strength": 0.8}


def cases() -> list[object]:
    found = [(each, given) for each in SHIPPED.values() if each is not ANIMATIC for given in gifts(each)]
    return [pytest.param(*case, id=f"{case[0].name}-{'+'.join(case[1]) or 'text'}") for case in found]


def gifts(workflow: Workflow) -> list[tuple[str, ...]]:
    may = [name for name in (*PICTURES, "lora_1") if name in workflow.bindings]
    must = {name for name in may if name not in workflow.optional}
    subsets = chain.from_iterable(combinations(may, count) for count in range(len(may) + 1))
    return [given for given in subsets if must <= set(given)]


@pytest.mark.parametrize(("workflow", "given"), cases())
def test_a_shipped_workflow_renders_what_was_asked(
    client: ComfyUI, tmp_path: Path, workflow: Workflow, given: tuple[str, ...]
) -> None:
    limits = workflow.limits
    width, height = 3 * limits.side_multiple, 2 * limits.side_multiple
    frames, fps = 2 * limits.frame_step + 1, limits.fps or 24
    values = {"prompt": "Kai runs", "seed": 3, "steps": 2, "filename_prefix": f"tower/{uuid.uuid4()}"}
    values |= {"width": width, "height": height, "frames": frames, "fps": float(fps)}
    values |= {name: picture(client) for name in PICTURES if name in given}
    values |= LORAS if "lora_1" in given else {}
    job = ended(client, post(client, bind(workflow, values)))
    assert (job.state, job.error) == (JobState.DONE, None)
    client.download(job.outputs[0], tmp_path / "clip.mp4")
    probed = probe_clip(tmp_path / "clip.mp4")
    assert (probed.width, probed.height, probed.frames, probed.fps) == (width, height, frames, fps)


def picture(client: ComfyUI) -> str:
    made = io.BytesIO()
    Image.new("RGB", (96, 64), "orange").save(made, "png")
    return client.upload_image("kai.png", made.getvalue())


def test_a_sampler_tells_its_steps_and_shows_previews(client: ComfyUI) -> None:
    values = {"prompt": "rain", "seed": 1, "steps": 4, "width": 64, "height": 64, "frames": 5, "fps": 16.0}
    with client.watch(CLIENT, timeout_s=60) as events:
        post(client, bind(SHIPPED["wan21_text_to_video"], values | {"filename_prefix": f"{uuid.uuid4()}"}))
        seen = []
        while not seen or not seen[-1].finished:
            seen += [event for event in [next(events)] if event]
    assert {each.value for each in seen if each.node == "sampler"} >= {0.25, 0.5, 0.75, 1.0}
    previews = [each.preview for each in seen if each.preview]
    assert len(previews) == 4
    assert Image.open(io.BytesIO(previews[-1])).format == "JPEG"

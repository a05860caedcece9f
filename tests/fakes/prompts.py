"""Small prompts for a renderer, and waiting for their end."""

import io
import uuid
from fractions import Fraction
from typing import Any

from PIL import Image

from studio.canonical import canonical_json
from studio.clients.comfyui import ComfyUI, Job, JobState
from studio.shipped import ANIMATIC
from studio.storyboard import Camera, CastMember, Framing, Shot, Storyboard
from studio.workflows import bind
from tests.fakes.serving import wait_until

CLIENT = "tower-test"


def values(**given: Any) -> dict[str, Any]:
    size = {"width": 128, "height": 72, "frames": 8, "fps": 24}
    return {"prompt": "rain", "seed": 7, "filename_prefix": f"tower/{uuid.uuid4().hex}", **size, **given}


def graph(**given: Any) -> dict[str, Any]:
    return bind(ANIMATIC, values(**given))


def post(client: ComfyUI, **given: Any) -> str:
    prompt_id = str(uuid.uuid4())
    client.submit(graph(**given), prompt_id=prompt_id, client_id=CLIENT)
    return prompt_id


def ended(client: ComfyUI, prompt_id: str) -> Job:
    wait_until(lambda: client.job(prompt_id).state not in (JobState.PENDING, JobState.RUNNING))
    return client.job(prompt_id)


def board(cast: tuple[CastMember, ...] = (), frames: int = 8) -> str:
    shots = (Shot(0, 3, Framing.WIDE, Camera.HOLD), Shot(3, frames - 3, Framing.CLOSE, Camera.PUSH_IN))
    return canonical_json(Storyboard(frames, Fraction(24), shots, cast=cast).to_json()).decode()


def png(colour: str = "red") -> bytes:
    content = io.BytesIO()
    Image.new("RGBA", (6, 4), colour).save(content, "PNG")
    return content.getvalue()

"""Renderers, as they are shown."""

from api.schemas.fields import Shown, Time


class DeviceShown(Shown):
    """What a renderer draws on; memory in bytes."""

    name: str
    type: str
    vram_total: int | None
    vram_free: int | None


class RendererShown(Shown):
    """A renderer as it is now."""

    server: str
    alive: bool
    reason: str | None
    version: str | None
    devices: list[DeviceShown]
    queue: int | None
    places: int
    expected_wait_s: float | None
    set_aside_for: list[str]


class ModelShown(Shown):
    """A model file that a renderer has, by the folder of ComfyUI in which it lies."""

    server: str
    folder: str
    file: str
    seen_at: Time

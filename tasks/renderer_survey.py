"""How the renderers of this tower are, as a person who has several GPUs wants to know it."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from db.queries import servers
from db.session import transaction
from studio.dispatch import Order, Rates
from studio.errors import RendererUnavailableError
from studio.settings import read_settings
from tasks.renderers import ANSWERS_WITHIN_S, ask_all, offers, renderer, shown


@dataclass(frozen=True, slots=True)
class Device:
    """What a server draws on; memory in bytes."""

    name: str
    type: str
    vram_total: int | None
    vram_free: int | None


@dataclass(frozen=True, slots=True)
class RendererSeen:
    """A server as it is now; with a reason where it does not answer.

    `queue` counts the prompts of everybody, `places` ours; `expected_wait_s` is how long a further prompt
    would wait, None where nothing was measured yet; `set_aside_for` names workflows that failed there.
    """

    server: str
    alive: bool
    reason: str | None
    version: str | None
    devices: tuple[Device, ...]
    queue: int | None
    places: int
    expected_wait_s: float | None
    set_aside_for: tuple[str, ...]


def look_at_renderers() -> list[RendererSeen]:
    """Every configured server, all asked at once."""
    urls = read_settings().comfyui_urls
    answers, troubles = ask_all(urls, _stats)
    with transaction() as session:
        placed, rates = servers.placed(session), servers.rates(session)
        aside = servers.set_aside(session, urls)
    return [
        RendererSeen(
            server=shown(url),
            alive=url in answers,
            reason=troubles.get(url),
            **_told(answers.get(url)),
            places=len(placed.get(url, ())),
            expected_wait_s=_wait_s(placed.get(url, []), url, rates),
            set_aside_for=tuple(sorted(workflow for server, workflow in aside if server == url)),
        )
        for url in urls
    ]


def survey_models() -> None:
    """Have the list of models be what the renderers that answer have now."""
    with suppress(RendererUnavailableError):
        offers(read_settings().comfyui_urls)


def _stats(url: str) -> tuple[int, Mapping[str, Any]]:
    client = renderer(url)
    return client.queue_length(timeout_s=ANSWERS_WITHIN_S), client.system_stats()


def _told(answer: tuple[int, Mapping[str, Any]] | None) -> dict[str, Any]:
    if answer is None:
        return {"version": None, "devices": (), "queue": None}
    queue, stats = answer
    devices = tuple(
        Device(
            str(each.get("name", "")),
            str(each.get("type", "")),
            each.get("vram_total"),
            each.get("vram_free"),
        )
        for each in stats.get("devices") or ()
    )
    return {"version": (stats.get("system") or {}).get("comfyui_version"), "devices": devices, "queue": queue}


def _wait_s(held: list[Order], url: str, rates: Rates) -> float | None:
    seconds = [rates.expected_s(order, url) for order in held]
    known = [each for each in seconds if each is not None]
    return round(sum(known), 1) if len(known) == len(seconds) else None

"""Which port each part gets, and who is in the way."""

from dataclasses import dataclass

import httpx

from db.embedded.ports import free_port, is_free, listener
from studio.errors import PortTakenError
from studio.hosts import LOOPBACK
from studio.settings import Settings


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports of one stack, kept for its life."""

    anime: int
    episodes: int
    music: int
    echo: int
    prefect: int
    comfyui: int
    ollama: int = 0


def choose(settings: Settings) -> Ports:
    """The settings' ports, and free ones where those say 0.

    Raises:
        PortTakenError: Another program listens where an embedded part should.
    """
    host = settings.bind
    anime = _one("the API", "TOWER_ANIME_PORT", settings.anime_port, host, set())
    taken = {anime}
    episodes = _one("the episodes", "TOWER_EPISODES_PORT", settings.episodes_port, host, taken)
    taken |= {episodes}
    music = _one("the music service", "TOWER_MUSIC_PORT", settings.music_port, host, taken)
    taken |= {music}
    echo = _one("Echo Brain", "TOWER_ECHO_PORT", settings.echo_port, host, taken)
    taken |= {echo}
    needs_prefect, needs_renderer = settings.prefect_api_url is None, not settings.comfyui_urls
    prefect = (
        _one("Prefect", "TOWER_PREFECT_PORT", settings.prefect_port, LOOPBACK, taken) if needs_prefect else 0
    )
    comfyui = (
        _one("the renderer", "TOWER_COMFYUI_PORT", settings.comfyui_port, LOOPBACK, taken | {prefect})
        if needs_renderer
        else 0
    )
    taken |= {prefect, comfyui}
    ollama = 0
    if has_own_model(settings):
        ollama = _one("the language model", "TOWER_OLLAMA_PORT", settings.ollama_port, LOOPBACK, taken)
    return Ports(anime, episodes, music, echo, prefect, comfyui, ollama)


def has_own_model(settings: Settings) -> bool:
    """Whether the stack is to carry a language model: it was asked for, and no other is named."""
    return settings.language_model == "embedded" and not settings.ollama_host


def _one(part: str, setting: str, port: int, host: str, avoid: set[int]) -> int:
    if port == 0:
        return free_port(host, avoid=frozenset(avoid))
    if not is_free(port, host):
        raise PortTakenError(
            f"Port {port} for {part} is used by {listener(port)}.{_instead(port)} "
            f"Another port: {setting}=<port>, or 0 for any free one.",
            port=port,
        )
    return port


def _instead(port: int) -> str:
    """The setting that uses what answers there, if that is a part we could use."""
    url = f"http://{LOOPBACK}:{port}"
    version = _reply(f"{url}/system_stats").get("system", {})
    if isinstance(version, dict) and "comfyui_version" in version:
        found = version["comfyui_version"]
        return f" A ComfyUI ({found}) answers there; to render on it: TOWER_COMFYUI_URLS={url}."
    if _reply(f"{url}/api/ready").get("message") == "OK":
        return f" A Prefect server answers there; to use it: PREFECT_API_URL={url}/api."
    return ""


def _reply(url: str) -> dict[str, object]:
    try:
        answer = httpx.get(url, timeout=1.0, trust_env=False).json()
    except (httpx.HTTPError, ValueError):
        return {}
    return answer if isinstance(answer, dict) else {}

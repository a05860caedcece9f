"""The renderers of this tower: their clients, which of them are alive, and what each of them has."""

import atexit
import hashlib
import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, TypeVar
from uuid import uuid4

import httpx

from db.queries import models
from db.session import transaction
from studio.clients.comfyui import ComfyUI
from studio.errors import RendererUnavailableError
from studio.inventory import model_files
from studio.settings import read_settings

Answer = TypeVar("Answer")
Nodes = Mapping[str, Any]

ANSWERS_WITHIN_S: Final = 3.0
"""A server that takes longer to say how long its queue is passes for dead, this time."""

GRACE_S: Final = 1.0
"""Once one server has answered, the others are waited for no longer than this."""

OFFER_KEPT_S: Final = 60.0
"""What a server has is a large answer that seldom changes; trouble with it has it read anew at once."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What a live server has, and how many prompts it has to render, anybody's."""

    nodes: Nodes
    queue: int


@lru_cache(maxsize=32)
def renderer(url: str) -> ComfyUI:
    """The client of one server, its connections kept."""
    http = httpx.Client(base_url=url, trust_env=False)
    atexit.register(http.close)
    return ComfyUI(http)


def shown(url: str) -> str:
    """A server's address as it may be told: without a password."""
    return str(httpx.URL(url).copy_with(userinfo=b"")).rstrip("/")


def offers(urls: Sequence[str]) -> dict[str, Offer]:
    """What each live server has; refuses only when none answers.

    Raises:
        RendererUnavailableError: no server answers, and why.
    """
    alive, troubles = ask_all(urls, lambda url: renderer(url).queue_length(timeout_s=ANSWERS_WITHIN_S))
    there, more = ask_all(alive, offer)
    if not there:
        told = "; ".join((troubles | more).values())
        raise RendererUnavailableError(
            told or "No renderer is configured.", servers=[shown(url) for url in urls]
        )
    return {url: Offer(there[url], alive[url]) for url in urls if url in there}


def offer(url: str) -> Nodes:
    """The node classes and models that a server has, as it said within the last minute.

    They are kept on disk, since every run is a process of its own.
    """
    kept = _kept_at(url)
    with suppress(OSError, ValueError):
        if time.time() - kept.stat().st_mtime < OFFER_KEPT_S:
            known: Nodes = json.loads(kept.read_bytes())
            return known
    fresh = renderer(url).object_info()
    with suppress(OSError):
        _keep(kept, fresh)
    with transaction() as session:
        models.seen(session, url, model_files(fresh))
    return fresh


def forget(url: str) -> None:
    """Have what a server has read anew: it was not as it said."""
    with suppress(OSError):
        _kept_at(url).unlink(missing_ok=True)


def ask_all(urls: Iterable[str], ask: Callable[[str], Answer]) -> tuple[dict[str, Answer], dict[str, str]]:
    """Answers and troubles by server; all are asked at once, so that a dead one holds nobody up."""
    pool = ThreadPoolExecutor(max_workers=32, thread_name_prefix="renderers")
    asked = {pool.submit(ask, url): url for url in urls}
    pool.shutdown(wait=False)
    answers, troubles = {}, {}
    for future in _in_time(set(asked)):
        try:
            answers[asked[future]] = future.result()
        except RendererUnavailableError as error:
            troubles[asked[future]] = error.message
    silent = {url: f"The renderer at {shown(url)} does not answer." for url in asked.values()}
    return answers, {url: told for url, told in (silent | troubles).items() if url not in answers}


def _kept_at(url: str) -> Path:
    name = hashlib.sha256(url.encode()).hexdigest()[:16]
    return read_settings().home / "cache" / "renderers" / f"{name}.json"


def _keep(kept: Path, fresh: Nodes) -> None:
    """Written whole or not at all: other runs read it at any time."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    part = kept.with_suffix(f".{uuid4().hex}.part")
    part.write_text(json.dumps(fresh))
    part.replace(kept)


def _in_time(asked: set[Future[Answer]]) -> Iterable[Future[Answer]]:
    """Those that are done soon after the first success; all, where none succeeds."""
    pending, is_answered = asked, False
    while pending:
        done, pending = wait(pending, GRACE_S if is_answered else None, FIRST_COMPLETED)
        if not done:
            return
        is_answered = is_answered or any(future.exception() is None for future in done)
        yield from done

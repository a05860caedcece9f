"""The renderers of this tower: which are alive, and which of them can run a workflow."""

import atexit
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import httpx

from db.queries import workflows
from db.session import transaction
from studio.clients.comfyui import ComfyUI
from studio.errors import MissingNodeError, UnavailableError
from studio.settings import read_settings
from studio.workflows import Workflow, unmet_needs


@dataclass(frozen=True, slots=True)
class Choice:
    """A workflow, and the servers that can run it."""

    workflow: Workflow
    servers: tuple[str, ...]


@lru_cache(maxsize=32)
def renderer(url: str) -> ComfyUI:
    """The client of one server, its connections kept."""
    http = httpx.Client(base_url=url, trust_env=False)
    atexit.register(http.close)
    return ComfyUI(http)


def choose_workflow(wanted: str | None) -> Choice:
    """The workflow asked for, or the first enabled one that a live server can run.

    Raises:
        UnavailableError: no renderer answers.
        MissingNodeError: no renderer that answers can run it; says what they lack.
    """
    with transaction() as session:
        candidates = [flow for flow in workflows.enabled(session) if wanted in (None, flow.name)]
    offers = _offers(read_settings().comfyui_urls)
    for workflow in candidates:
        able = tuple(url for url, info in offers.items() if not unmet_needs(workflow, info))
        if able:
            return Choice(workflow, able)
    lacking = {
        flow.name: {url: unmet_needs(flow, info) for url, info in offers.items()} for flow in candidates
    }
    raise MissingNodeError(_what_lacks(wanted, lacking), workflows=lacking)


def _offers(urls: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """What each live server has; refuses only when none answers."""
    offers: dict[str, Mapping[str, Any]] = {}
    troubles: list[str] = []
    for url in urls:
        try:
            offers[url] = renderer(url).object_info()
        except UnavailableError as error:
            troubles.append(error.message)
    if not offers:
        raise UnavailableError("; ".join(troubles) or "No renderer is configured.", servers=list(urls))
    return offers


def _what_lacks(wanted: str | None, lacking: Mapping[str, Mapping[str, Sequence[str]]]) -> str:
    if not lacking:
        return f"There is no enabled workflow {wanted}." if wanted else "No workflow is enabled."
    told = (
        f"{url} lacks {', '.join(needs)} for {name}"
        for name, servers in lacking.items()
        for url, needs in servers.items()
    )
    return "No renderer can run it: " + "; ".join(told)

"""Whether the renderers of this tower would run a workflow, asked before anybody waits for a clip of it."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from studio.errors import InvalidError, UnavailableError
from studio.graph_checks import GraphFinding, check_workflow
from studio.settings import read_settings
from studio.workflows import Workflow
from tasks.renderers import renderer, shown


@dataclass(frozen=True, slots=True)
class Judged:
    """What a server would say of a workflow; with a reason instead where it was not asked with success."""

    server: str
    findings: tuple[GraphFinding, ...] = ()
    reason: str | None = None

    @property
    def verdict(self) -> str:
        """In a word: `runs`, `refused` or `not judged`."""
        if self.reason is not None:
            return "not judged"
        return "refused" if any(each.severity == "error" for each in self.findings) else "runs"


def judge_workflow(workflow: Workflow, server: str | None) -> tuple[Judged, ...]:
    """Hold a workflow against what each configured server has, or the one named; all are asked at once.

    Raises:
        InvalidError: no server of that address is configured.
    """
    urls = _meant(read_settings().comfyui_urls, server)
    with ThreadPoolExecutor(max_workers=max(1, len(urls))) as threads:
        return tuple(threads.map(partial(_judge, workflow), urls))


def _meant(urls: Sequence[str], server: str | None) -> list[str]:
    meant = [url for url in urls if server is None or shown(url) == server.rstrip("/")]
    if server is not None and not meant:
        raise InvalidError(
            f"No renderer at {server} is configured.",
            field="server",
            value=server,
            expected=", ".join(shown(url) for url in urls) or "TOWER_COMFYUI_URLS names none",
        )
    return meant


def _judge(workflow: Workflow, url: str) -> Judged:
    try:
        object_info = renderer(url).object_info()
    except UnavailableError as error:
        return Judged(shown(url), reason=error.message)
    return Judged(shown(url), check_workflow(workflow, object_info))

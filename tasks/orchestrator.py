"""Prefect, as far as Tower's tables need it: runs created, looked at, and told what became of them."""

import atexit
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

import httpx
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import ArtifactCreate, ArtifactUpdate
from prefect.client.schemas.filters import (
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import State, StateType
from prefect.exceptions import ObjectNotFound, PrefectHTTPStatusError
from prefect.settings import get_current_settings
from prefect.states import Cancelling, Crashed
from pydantic import SecretStr

from db.queries.ownership import Run
from studio.errors import UnavailableError

SCAN_DEPLOYMENT = "scan-library/scan-library"
ENRICH_DEPLOYMENT = "enrich/enrich"
ENDED = {StateType.COMPLETED, StateType.FAILED, StateType.CRASHED, StateType.CANCELLED}
LIVING = [StateType.PENDING, StateType.RUNNING, StateType.CANCELLING]


def create_run(run: Run, deployment: str, *, name: str, queue: str | None = None) -> UUID:
    """The flow run of `deployment` that carries `run`; asked again, the same one.

    `queue` is the line of its pool where it waits, if not the deployment's own.

    Raises:
        UnavailableError: Prefect does not answer, or does not know the deployment yet.
    """
    return _create(
        deployment,
        work_queue_name=queue,
        parameters={"generation_id": run.generation_id, "attempt": run.attempt},
        name=name,
        tags=[run.generation_id],
        idempotency_key=f"{run.generation_id}/{run.attempt}",
    )


def create_scan(scan_id: int) -> UUID:
    """The flow run that carries a scan of the music library; asked again, the same one.

    Raises:
        UnavailableError: Prefect does not answer, or does not know the deployment yet.
    """
    return _create(
        SCAN_DEPLOYMENT,
        parameters={"scan_id": scan_id},
        name=f"scan {scan_id}",
        tags=["library"],
        idempotency_key=f"library-scan/{scan_id}",
    )


def create_enrichment(plan_id: str) -> UUID:
    """The flow run in which a language model is asked about a plan; asked again, the same one.

    Raises:
        UnavailableError: Prefect does not answer, or does not know the deployment yet.
    """
    return _create(
        ENRICH_DEPLOYMENT,
        parameters={"plan_id": plan_id},
        name=f"enrich {plan_id}",
        tags=[plan_id],
        idempotency_key=f"enrich/{plan_id}",
    )


def is_over(flow_run_id: UUID) -> bool:
    """Whether a flow run has ended, or is no longer known."""
    seen = look_at(flow_run_id)
    return seen is None or seen.state in ENDED


def _create(deployment: str, **run: Any) -> UUID:
    """A run of a deployment, whose id is asked for anew where the one that is known is refused."""
    client = _client(os.getpid())
    with _trouble():
        try:
            known = _deployment_id(os.getpid(), deployment)
            return client.create_flow_run_from_deployment(known, **run).id
        except PrefectHTTPStatusError:
            _deployment_id.cache_clear()
            found = _deployment_id(os.getpid(), deployment)
            return client.create_flow_run_from_deployment(found, **run).id


@lru_cache(maxsize=16)
def _deployment_id(pid: int, deployment: str) -> UUID:
    """Asked for once a process; a refused run has it asked for anew."""
    return _client(pid).read_deployment_by_name(deployment).id


@dataclass(frozen=True, slots=True)
class Seen:
    """A flow run as Prefect knows it; host and pid are of the process that its worker started for it."""

    state: StateType | None
    host: str | None = None
    pid: int | None = None


def look_at(flow_run_id: UUID) -> Seen | None:
    """What Prefect knows of a flow run; None when it no longer knows it.

    Raises:
        UnavailableError: Prefect does not answer.
    """
    with _trouble():
        try:
            run = _client(os.getpid()).read_flow_run(flow_run_id)
        except ObjectNotFound:
            return None
    host, _, pid = (run.infrastructure_pid or "").rpartition(":")
    state = None if run.state is None else run.state.type
    return Seen(state, host or None, int(pid) if pid.isdigit() else None)


def mark_crashed(flow_run_id: UUID, why: str) -> None:
    """Tell Prefect that a run is dead."""
    end(flow_run_id, Crashed(message=why))


@dataclass(frozen=True, slots=True)
class Shown:
    """A run that Prefect takes for living."""

    flow_run_id: UUID
    run: Run


def under_way(deployments: Iterable[str], *, limit: int = 200) -> list[Shown]:
    """The runs of these that Prefect shows as under way; those that wait in its queue are not."""
    state = FlowRunFilterState(type=FlowRunFilterStateType(any_=LIVING))
    flows = [deployment.partition("/")[0] for deployment in deployments]
    with _trouble():
        runs = _client(os.getpid()).read_flow_runs(
            flow_filter=FlowFilter(name=FlowFilterName(any_=flows)),
            flow_run_filter=FlowRunFilter(state=state),
            limit=limit,
        )
    return [Shown(run.id, Run(run.parameters["generation_id"], run.parameters["attempt"])) for run in runs]


def end(flow_run_id: UUID, state: State[None]) -> None:
    """Have Prefect show that a run has ended so."""
    with _trouble():
        _client(os.getpid()).set_flow_run_state(flow_run_id, state, force=True)


def cancel_run(flow_run_id: UUID) -> None:
    """Have Prefect's worker end a run."""
    with _trouble():
        _client(os.getpid()).set_flow_run_state(flow_run_id, Cancelling(message="cancelled in Tower"))


def show(flow_run_id: UUID, kind: str, key: str, description: str, data: str | float) -> UUID:
    """Put an artifact beside a run: `kind` is markdown or progress."""
    artifact = ArtifactCreate(
        type=kind,
        key=key.replace("_", "-").lower(),
        description=description,
        data=data,
        flow_run_id=flow_run_id,
    )
    with _trouble():
        return _client(os.getpid()).create_artifact(artifact).id


def show_again(artifact_id: UUID, description: str, data: str | float) -> None:
    """Change what an artifact shows."""
    with _trouble():
        _client(os.getpid()).update_artifact(artifact_id, ArtifactUpdate(description=description, data=data))


@contextmanager
def client() -> Iterator[SyncPrefectClient]:
    """Prefect's API, for what has no function here.

    Raises:
        UnavailableError: Prefect does not answer, or does not know what was asked for.
    """
    with _trouble():
        yield _client(os.getpid())


@lru_cache(maxsize=2)
def _client(_pid: int) -> SyncPrefectClient:
    """One client a process, its connections kept; `_pid` keeps a forked child off its parent's.

    Not `get_client`: inside a run that hands out the engine's own client, which closes with its task.
    """
    api = get_current_settings().api
    if api.url is None:
        raise UnavailableError("PREFECT_API_URL is not set: start the stack with `tower up`.")
    client = SyncPrefectClient(api.url, auth_string=_open(api.auth_string), api_key=_open(api.key))
    atexit.register(client.__exit__, None, None, None)
    return client.__enter__()


def _open(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()


@contextmanager
def _trouble() -> Iterator[None]:
    try:
        yield
    except (httpx.HTTPError, PrefectHTTPStatusError, ObjectNotFound, RuntimeError) as error:
        raise UnavailableError("Prefect does not answer.", reason=str(error)[:500]) from error

"""The private parts of Prefect that the warm worker stands on are there, and are what they were."""

import inspect
import ssl
from importlib import import_module, metadata
from typing import Any

import pytest
import yaml
from prefect.workers.base import BaseWorker

from deployments import prefect_private, warm
from deployments.registry import FILE

NAMES = {
    "prefect.engine.handle_engine_signals": "(flow_run_id: UUID | None = None)",
    "prefect.engine._drive_run_flow_result": "(flow: Any, run_result: object) -> None",
    "prefect.flow_engine.run_flow": None,
    "prefect.flow_engine.observe_flow_run_suspension": None,
    "prefect.results._read_server_default_result_storage_block_id": "() -> UUID | None",
    "prefect.context.refresh_global_settings_context": "() -> None",
    "prefect.logging.loggers.flow_run_logger": None,
    "prefect.workers.base.BaseWorker._submit_run": '(self, flow_run: "FlowRun") -> None',
    "prefect.workers.base.BaseWorker._propose_pending_state": '(self, flow_run: "FlowRun") -> bool',
    "prefect.workers.base.BaseWorker._propose_crashed_state": None,
    "prefect.workers.base.BaseWorker.get_and_submit_flow_runs": "(self) -> list[FlowRun]",
}


def found(name: str) -> Any:
    module, *rest = name.rsplit(".", 2 if ".BaseWorker." in name else 1)
    held: Any = import_module(module)
    for part in rest:
        held = getattr(held, part)
    return held


@pytest.mark.parametrize("name", NAMES)
def test_what_is_used_of_prefect_is_still_there(name: str) -> None:
    signature = str(inspect.signature(found(name))).replace("'", '"')
    wanted = NAMES[name]
    assert wanted is None or signature.replace('"', "") == wanted.replace('"', "")


def test_the_engine_looks_names_up_where_they_are_replaced() -> None:
    engine = import_module("prefect.flow_engine")
    assert "observe_flow_run_suspension(" in inspect.getsource(engine.BaseFlowRunEngine)
    results = import_module("prefect.results")
    assert "_read_server_default_result_storage_block_id()" in inspect.getsource(
        results._get_default_result_storage
    )


def test_the_run_of_an_engine_takes_what_we_hand_it() -> None:
    parameters = inspect.signature(found("prefect.flow_engine.run_flow")).parameters
    assert {"flow", "flow_run", "error_logger"} <= set(parameters)


def test_a_worker_keeps_the_books_that_we_write_in() -> None:
    source = inspect.getsource(BaseWorker)
    for line in (
        "self._submitting_flow_run_ids: set[UUID] = set()",
        "self._work_pool: Optional[WorkPool] = None",
        "self._runs_task_group.start_soon(\n                    self._submit_run,",
    ):
        assert line in source


@pytest.mark.parametrize("module", prefect_private.USED_LATER)
def test_what_is_loaded_early_can_be_loaded(module: str) -> None:
    assert import_module(module)


def test_prefect_is_the_version_that_was_read() -> None:
    wanted = yaml.safe_load(FILE.read_text())["prefect-version"]
    assert metadata.version("prefect") == wanted
    assert f"prefect=={wanted}" in (metadata.requires("tower-anime") or [])


def test_our_type_is_one_of_prefects_worker_types() -> None:
    assert BaseWorker.get_worker_class_from_type(warm.TYPE) is warm.TowerWorker


def test_clients_that_trust_the_same_file_share_a_context_and_others_do_not() -> None:
    made: list[tuple[Any, Any]] = []

    def create(*arguments: Any, **options: Any) -> ssl.SSLContext:
        made.append((arguments, options))
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    shared = prefect_private._shared(create)
    assert shared(cafile="a") is shared(cafile="a")
    assert shared(cafile="a") is not shared(cafile="b")
    assert shared() is not shared(), "one that is to be changed is its asker's own"
    assert len(made) == 4

"""Whether the parts of Echo Brain work: each is asked to do a little of what it is for."""

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as LateError
from fractions import Fraction
from time import monotonic
from typing import Final, TypeVar

import numpy as np

from db.models.orchestration import DirectorStep, DirectorTurn, OrchestrationLog
from db.queries import monitoring
from db.session import reading
from studio.echo.actions import ACTIONS
from studio.echo.facts import Facts
from studio.echo.planning import plan
from studio.errors import StudioError
from studio.metering import measure_pictures
from studio.pictures import ClipInfo, Picture
from studio.quality import assess_clip
from tasks import orchestrator_survey
from tasks.submission import DEPLOYMENTS

Probe = Callable[[], bool]
T = TypeVar("T")

WITHIN_S: Final = 1.5
_WHO: Final = "Kai Nakamura"
_REQUEST: Final = f"Create a 5-second anime scene with {_WHO} in a mystical forest"
_STEPS: Final = ["character_consistency_check", "generate_video", "quality_assessment"]
_BLACK_FRAMES: Final = 24
_BLACK: Final = ClipInfo(64, 36, Fraction(24), _BLACK_FRAMES, 1.0, "h264", None, None)
_log = logging.getLogger(__name__)


def database_answers() -> bool:
    try:
        with reading() as session:
            session.connection()
    except StudioError:
        return False
    return True


def planner_plans() -> bool:
    """A request comes to the steps that it should, with nothing left to ask."""
    planned = plan(_REQUEST, Facts.of(1, {_WHO: ()}))
    return [step.action for step in planned.steps] == _STEPS and not planned.questions


def conversations_answer() -> bool:
    """The tables that remember what was said and decided can be read."""
    with reading() as session:
        return monitoring.can_read(session, DirectorTurn, DirectorStep, OrchestrationLog)


def checks_find_a_fault() -> bool:
    """A second of black pictures is measured and judged, and found black."""
    black, grey = np.zeros((36, 64), np.uint8), np.full((18, 32, 2), 128, np.uint8)
    pictures = (Picture(number / 24, black, grey, black) for number in range(_BLACK_FRAMES))
    judged = assess_clip(measure_pictures(_BLACK, pictures), None)
    return any(metric.name == "black" and metric.verdict == "fail" for metric in judged.metrics)


def executor_is_known() -> bool:
    """The registered actions refuse what they do not take, and Prefect has what carries them out."""
    return are_bounded() and orchestrator_survey.knows(DEPLOYMENTS["direct"])


def are_bounded() -> bool:
    """Every action is registered by its name, and takes no parameter that it does not name."""
    return all(
        action.name == name and action.parameters.model_config.get("extra") == "forbid"
        for name, action in ACTIONS.items()
    )


MODULES: Final[Mapping[str, Probe]] = {
    "intelligence_router": planner_plans,
    "conversation_manager": conversations_answer,
    "testing_framework": checks_find_a_fault,
    "safe_executor": executor_is_known,
}


def ask_all(questions: Mapping[str, Callable[[], T]], within_s: float = WITHIN_S) -> dict[str, T | None]:
    """Ask all at once; None for what fails or takes longer than that, and the log says why."""
    threads = ThreadPoolExecutor(max(1, len(questions)), "probe")
    deadline = monotonic() + within_s
    asked = {name: threads.submit(ask) for name, ask in questions.items()}
    found: dict[str, T | None] = {}
    for name, answer in asked.items():
        try:
            found[name] = answer.result(max(0.0, deadline - monotonic()))
        except (StudioError, LateError) as error:
            _log.warning("%s does not answer: %s", name, error or "not in time")
            found[name] = None
    threads.shutdown(wait=False, cancel_futures=True)
    return found

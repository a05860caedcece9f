"""Which parts of Echo Brain work now."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from api.schemas.monitoring import LanguageModelShown
from tasks.language_model import SoughtModel, seek_model
from tasks.modules import ask_all, database_answers

router = APIRouter(tags=["health"])


class Modules(BaseModel):
    """Whether each part did what it is for, when it was asked just now."""

    intelligence_router: bool = Field(description="The planner plans.")
    conversation_manager: bool = Field(description="The tables of conversations answer.")
    testing_framework: bool = Field(description="The checks of quality find a fault that was made for them.")
    database: bool
    safe_executor: bool = Field(description="Prefect knows what accepted actions are carried out by.")


class Health(BaseModel):
    """Healthy: every part works; degraded: one does not; unhealthy, with 503: the database is away."""

    status: Literal["healthy", "degraded", "unhealthy"]
    service: Literal["echo-brain"] = "echo-brain"
    version: Literal["1.0.0"] = "1.0.0"
    architecture: Literal["modular"] = "modular"
    database: Literal["connected", "disconnected"]
    timestamp: datetime
    modules: Modules
    language_model: LanguageModelShown


async def _modules(request: Request) -> Mapping[str, Callable[[], bool]]:
    modules = request.app.state.modules
    assert isinstance(modules, dict)
    return modules


ModulesGiven = Annotated[Mapping[str, Callable[[], bool]], Depends(_modules)]


@router.get("/health", responses={503: {"model": Health, "description": "The database does not answer."}})
def health(response: Response, modules: ModulesGiven) -> Health:
    """Every part is asked at once; one that does not answer within a second and a half does not work."""
    found = ask_all({**modules, "database": database_answers, "model": seek_model})
    model = found.pop("model") or SoughtModel("unreachable", reason="not in time")
    flags = {name: bool(works) for name, works in found.items()}
    has_database = flags["database"]
    if not has_database:
        response.status_code = 503
    return Health(
        status="unhealthy" if not has_database else "healthy" if all(flags.values()) else "degraded",
        database="connected" if has_database else "disconnected",
        timestamp=datetime.now(UTC),
        modules=Modules(**flags),
        language_model=LanguageModelShown.model_validate(model),
    )

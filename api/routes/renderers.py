"""The renderers of this tower."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.commands import CommandsGiven
from api.paging import PageAsked
from api.schemas.fields import Name
from api.schemas.renderers import ModelShown, RendererShown
from db.queries import models
from db.session import transaction
from tasks.renderers import shown

router = APIRouter(tags=["renderers"])


@router.get("/renderers")
def list_renderers(commands: CommandsGiven) -> list[RendererShown]:
    """Every renderer: whether it answers, what it draws on, how busy it is, what it is set aside for."""
    return [RendererShown.model_validate(seen) for seen in commands.look_at_renderers()]


@router.get("/models")
def list_models(
    commands: CommandsGiven,
    page: PageAsked,
    folder: Annotated[Name | None, Query(examples=["loras"])] = None,
) -> list[ModelShown]:
    """The model files of the renderers; of one that does not answer, those that it had when it last did."""
    commands.survey_models()
    with transaction() as session:
        rows = models.page(session, kind=folder, limit=page.one_more, after=page.after(1)[0])
    return [
        ModelShown(server=shown(row.server), folder=row.kind, file=row.file, seen_at=row.seen_at)
        for row in page.cut(rows, lambda row: str(row.id))
    ]

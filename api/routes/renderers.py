"""The renderers of this tower."""

from fastapi import APIRouter

from api.commands import CommandsGiven
from api.schemas.renderers import RendererShown

router = APIRouter(prefix="/renderers", tags=["renderers"])


@router.get("")
def list_renderers(commands: CommandsGiven) -> list[RendererShown]:
    """Every renderer: whether it answers, what it draws on, how busy it is, what it is set aside for."""
    return [RendererShown.model_validate(seen) for seen in commands.look_at_renderers()]

"""Publications of generations, and the media server that they are read back from."""

from dataclasses import asdict

from fastapi import APIRouter, Response

from api.commands import CommandsGiven
from api.requests import DryRun
from api.routes.generations import GenerationId, shown_generation
from api.schemas.generations import GenerationShown
from api.schemas.publications import JellyfinShown, LibraryAsked, PublicationShown
from db.queries import generations, publications
from db.session import transaction
from tasks import control
from tasks.trying import try_out
from tasks.withdrawing import can_be_taken_away

router = APIRouter(tags=["publications"])


@router.get("/generations/{generation_id}/publication")
def get_publication(generation_id: GenerationId) -> PublicationShown:
    """Where a generation's video lies in the library, and whether the media server lists it."""
    with transaction() as session:
        generations.get(session, generation_id)
        row = publications.of_generation(session, generation_id)
        return PublicationShown(**publications.shown(row))


@router.post("/generations/{generation_id}/publication", status_code=202)
def publish_generation(
    response: Response, generation_id: GenerationId, commands: CommandsGiven, dry_run: DryRun = False
) -> GenerationShown:
    """Publish a completed generation once more, under its number, and read it back."""
    if dry_run:
        try_out(control.published, generation_id)
        response.status_code = 200
    else:
        commands.publish(generation_id)
    return shown_generation(generation_id)


@router.delete("/generations/{generation_id}/publication", status_code=204)
def unpublish_generation(
    generation_id: GenerationId, commands: CommandsGiven, dry_run: DryRun = False
) -> None:
    """Take a generation's video out of the library, with all that was written for it."""
    if dry_run:
        try_out(can_be_taken_away, generation_id)
    else:
        commands.unpublish(generation_id)


@router.get("/jellyfin")
def get_jellyfin(commands: CommandsGiven) -> JellyfinShown:
    """Whether the media server answers, takes the key, and has the library's folder."""
    return JellyfinShown(**asdict(commands.look_at_jellyfin()))


@router.post("/jellyfin/library")
def create_library(body: LibraryAsked, commands: CommandsGiven) -> JellyfinShown:
    """Have the media server make a library of the folder, where none of its libraries has it."""
    return JellyfinShown(**asdict(commands.make_library(body.name)))

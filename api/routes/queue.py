"""The line for the renderers: shown, paused, and re-ordered."""

from fastapi import APIRouter

from api.routes.generations import GenerationId, shown_generation
from api.schemas.generations import GenerationShown
from api.schemas.queue import PriorityAsked, QueueChange, QueueShown, StandShown
from db.queries import generations, jobs, line
from db.queries.line import Stand
from db.session import reading, transaction
from tasks.renderers import shown as shown_server

router = APIRouter(tags=["queue"])


@router.get("/queue")
def get_queue() -> QueueShown:
    """Who is under way, where they stand, and when each should be done."""
    return _queue()


@router.put("/queue")
def change_queue(body: QueueChange) -> QueueShown:
    """Let nobody in to the renderers any more, or everybody again."""
    with transaction() as session:
        line.pause(session, is_paused=body.paused)
    return _queue()


@router.put("/generations/{generation_id}/priority")
def change_priority(generation_id: GenerationId, body: PriorityAsked) -> GenerationShown:
    """Have a generation served sooner or later than others that wait."""
    with transaction() as session:
        line.prefer(session, generation_id, body.priority)
    return shown_generation(generation_id)


def _queue() -> QueueShown:
    with reading() as session:
        since, total = line.paused_at(session), line.length(session)
        entries = [_stand(each) for each in line.stands(session)]
    return QueueShown(paused=since is not None, paused_at=since, total=total, entries=entries)


def _stand(stand: Stand) -> StandShown:
    job, place = stand.job, stand.place
    named = (
        "kind",
        "parent_id",
        "project_id",
        "scene_id",
        "title",
        "stage",
        "progress",
        "attempt",
        "created_at",
        "started_at",
    )
    return StandShown.model_validate(
        {
            **{name: getattr(job, name) for name in named},
            "generation_id": job.id,
            "priority": jobs.standing(job) if place is None else place.priority,
            "place": None if place is None else place.state,
            "server": None if place is None or place.server is None else shown_server(place.server),
            "flow_run_url": generations.flow_run_url(job),
            "estimated_completion": stand.expected_at,
        }
    )

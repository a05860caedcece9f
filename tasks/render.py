"""The render stage: a place on a renderer, the prompt on it, and the video in the store."""

from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from prefect import task

from db.queries import ownership, places, takes
from db.queries.ownership import Run
from db.session import transaction
from studio.clients import store
from studio.clients.comfyui import Job, JobState, OutputFile
from studio.errors import RenderEmptyError, RenderError, RenderInterruptedError, RenderLostError
from studio.fitting import Shape
from studio.graph_checks import require_sound
from studio.settings import read_settings
from studio.workflows import bind
from tasks import remedy
from tasks.carrying import carry_stage
from tasks.choosing import Choice
from tasks.delivery import conform
from tasks.following import Patience, follow
from tasks.ingredients import Ingredients, gather, graph_values
from tasks.line import Place, held_place, stand_in_line
from tasks.policy import RETRIED
from tasks.renderers import offer, renderer, shown
from tasks.repairing import repair, repaired_from


@task(name="render", **RETRIED)
def render_take(run: Run) -> dict[str, Any]:
    """Have the take rendered, and keep its video."""
    return carry_stage(run, "render", _render)


def _render(run: Run, take: int) -> dict[str, Any]:
    """Put the take to renderers, as the policy answers what befalls it, until its video is here.

    What an earlier attempt left on a renderer is gone on with. A take that is made of another one's file
    needs no renderer.
    """
    if (source := repaired_from(run, take)) is not None:
        return repair(run, take, source)
    made_of = gather(run, take)
    while True:
        place, choice = held_place(run, take), None
        if place is None:
            place, choice = stand_in_line(run, take, made_of)
        try:
            return _render_at(run, take, made_of, place, choice)
        except RenderError as error:
            remedy.answer(run, take, made_of, place, error)


def _render_at(
    run: Run, take: int, made_of: Ingredients, place: Place, choice: Choice | None
) -> dict[str, Any]:
    """Post the prompt if it is a new one, follow it, fetch what it made."""
    patience = Patience(place.server, lambda: remedy.has_other(run, take, made_of, place))
    if choice is not None:
        graph = patience.wait_out(lambda: _graph(made_of, place, choice))
        _post_patiently(run, place, graph, patience)
    output = place.output or follow(
        run, place.server, place.prompt_id, place.client_id, patience, lambda job: _free(run, place, job)
    )
    return _keep(run, take, place, output, made_of.shape, patience)


def _graph(made_of: Ingredients, place: Place, choice: Choice) -> dict[str, Any]:
    """The prompt's graph, which the renderer can run; the pictures it takes are there then."""
    values = graph_values(
        made_of,
        choice.workflow,
        renderer(place.server),
        choice.shape,
        filename_prefix=f"tower/{place.prompt_id}",
    )
    graph = bind(choice.workflow, values)
    require_sound(graph, offer(place.server))
    return graph


def _post_patiently(run: Run, place: Place, graph: dict[str, Any], patience: Patience) -> None:
    """An answer that was lost on the way may have left the prompt there: from then on it is looked up."""
    posted = iter((place,))
    patience.wait_out(lambda: _post(run, next(posted, replace(place, may_be_posted=True)), graph))


def _post(run: Run, place: Place, graph: dict[str, Any]) -> None:
    """Queue the prompt unless the renderer has it already; its id was stored before."""
    with transaction() as session:
        ownership.own(session, run)
        if not place.may_be_posted or place.job().state is JobState.UNKNOWN:
            renderer(place.server).submit(graph, prompt_id=str(place.prompt_id), client_id=place.client_id)
        places.posted(session, place.id)


def _free(run: Run, place: Place, job: Job) -> OutputFile:
    """Leave the place the moment its prompt is over: the next one need not wait for the download."""
    output = _delivered(job, place)
    with transaction() as session:
        ownership.own(session, run)
        places.finish(session, place.id, output=asdict(output), render_s=job.seconds)
    return output


def _delivered(job: Job, place: Place) -> OutputFile:
    """The video that a finished prompt made.

    Raises:
        RenderError: it made none, and why.
    """
    where = {"prompt_id": job.prompt_id, "server": shown(place.server)}
    match job.state:
        case JobState.DONE if job.video is not None:
            return job.video
        case JobState.DONE:
            made = ", ".join(output.filename for output in job.outputs) or "nothing"
            raise RenderEmptyError(f"The renderer finished without a video: it made {made}.", **where)
        case JobState.FAILED:
            raise job.error or RenderError("The renderer failed.", **where)
        case JobState.CANCELLED:
            raise RenderInterruptedError("The render was stopped at the renderer.", **where)
    raise RenderLostError("The renderer no longer knows the prompt.", **where)


def _keep(
    run: Run, take: int, place: Place, output: OutputFile, asked: Shape, patience: Patience
) -> dict[str, Any]:
    """Bring the video into the store, as long as asked, and as it was delivered where that differs."""
    assets = read_settings().assets
    with TemporaryDirectory(prefix="tower-render-") as folder:
        file = Path(folder) / Path(output.filename).name
        patience.wait_out(lambda: renderer(place.server).download(output, file))
        conformed = conform(file, asked, folder=Path(folder))
        stored = store.put(conformed, root=assets)
        delivered = stored if conformed == file else store.put(file, root=assets)
    with transaction() as session:
        job = ownership.own(session, run)
        for kept, kind in ((stored, "take"), (delivered, "delivery")):
            takes.keep(session, kept, kind=kind, project_id=job.project_id)
        row = takes.get(session, run.generation_id, take)
        row.video_sha256, row.server = stored.sha256, place.server
    return {
        "video_sha256": stored.sha256,
        "delivered_sha256": None if delivered == stored else delivered.sha256,
        "server": place.server,
        "prompt_id": str(place.prompt_id),
    }

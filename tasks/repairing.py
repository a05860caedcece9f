"""A take that is made of another one's file: what was wrong with it is put right, and nothing rendered."""

from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from db.queries import ownership, takes
from db.queries.ownership import Run
from db.session import transaction
from studio.clients import store
from studio.clients.mending import mend_clip
from studio.errors import MediaError, RenderError
from studio.settings import read_settings
from tasks.judging import inspected


def repaired_from(run: Run, take: int) -> int | None:
    """The take whose file this one is to be made of; None where it is to be rendered."""
    with transaction() as session:
        return takes.source(session, run.generation_id, take)


def repair(run: Run, take: int, source: int) -> dict[str, Any]:
    """Put right what is wrong with `source`, as its assessment said that it can be."""
    seen = inspected(run, source)
    mending = seen.repairs()
    if mending is None:
        raise RenderError(f"There is nothing of take {source} that can be repaired.", take=source)
    with TemporaryDirectory(prefix="tower-repair-") as folder:
        file = Path(folder) / "repaired.mp4"
        try:
            mend_clip(seen.path, mending, file)
        except MediaError as error:
            raise RenderError(f"Take {source} cannot be repaired: {error.message}", take=source) from error
        stored = store.put(file, root=read_settings().assets)
    with transaction() as session:
        job = ownership.own(session, run)
        takes.keep(session, stored, kind="take", project_id=job.project_id)
        row = takes.get(session, run.generation_id, take)
        row.video_sha256 = stored.sha256
        before = takes.get(session, run.generation_id, source).repairs
        row.repairs = [*before, *(asdict(each) for each in mending.repairs)]
    return {"video_sha256": stored.sha256, "repaired_from": source}

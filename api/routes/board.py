"""The board: a branch's scenes, each with what was last made of it, in one answer."""

from fastapi import APIRouter

from api.computing import compute
from api.paging import PageAsked
from api.requests import BranchQuery, branch_of
from api.schemas.board import CardShown, NewestShown
from api.schemas.fields import Id
from api.schemas.rehearsals import StandingsAsked, StandingShown
from db.models.production import ProductionJob, QualityMetrics
from db.queries import board, branches
from db.queries.board import Card
from db.session import reading, transaction
from tasks.standings import standings

router = APIRouter(prefix="/projects/{project_id}", tags=["scenes"])


@router.get("/board")
def get_board(project_id: Id, page: PageAsked, branch: BranchQuery = None) -> list[CardShown]:
    """A branch's scenes by number, each with its newest generation and its newest clip."""
    number, scene_id = page.after(2)
    with transaction() as session:
        at = branches.find(session, project_id, branch_of(branch))
        rows = board.cards(session, at, limit=page.one_more, after=(number, scene_id))
    cut = page.cut(rows, lambda row: f"{row.staged.scene.scene_number}.{row.staged.scene.id}")
    return [_card(row) for row in cut]


@router.post("/board/standings")
def judge_standings(project_id: Id, body: StandingsAsked, branch: BranchQuery = None) -> list[StandingShown]:
    """Whether each of these scenes has a clip that is still made of what would go into it now."""
    name = branch_of(branch)
    with reading() as session:
        branches.find(session, project_id, name)
    found = compute(standings, project_id, name, body.scene_ids)
    return [StandingShown.model_validate(each) for each in found]


def _card(row: Card) -> CardShown:
    scene = row.staged.scene
    return CardShown(
        scene_id=scene.id or 0,
        scene_number=scene.scene_number,
        description=scene.description,
        characters=list(row.staged.characters),
        version=scene.version,
        clip_path=row.clip_path or scene.video_path,
        newest=None if row.job is None else _newest(row.job, row.judged),
    )


def _newest(job: ProductionJob, judged: QualityMetrics | None) -> NewestShown:
    return NewestShown.model_validate(
        {
            "generation_id": job.id,
            "status": job.status,
            "stage": job.stage,
            "progress": job.progress,
            "verdict": None if judged is None else judged.verdict,
            "score": None if judged is None else judged.score,
            "created_at": job.created_at,
        }
    )

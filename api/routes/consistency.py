"""A prompt held against its project, with nothing rendered."""

from fastapi import APIRouter

from api.requests import BranchQuery, branch_of
from api.schemas.consistency import CheckAsked, CheckShown, FindingShown
from api.schemas.fields import Id
from db.queries import branches, scenes
from db.session import transaction
from studio.consistency import complete_prompt
from tasks.consistency import Claim, gather_evidence, judge, unopened

router = APIRouter(tags=["bible"])


@router.post("/projects/{project_id}/consistency-check")
def check_consistency(project_id: Id, body: CheckAsked, branch: BranchQuery = None) -> CheckShown:
    """What the check of a generation would find in a prompt, and the prompt as it would be completed."""
    with transaction() as session:
        at = branches.find(session, project_id, branch_of(branch, body.branch_name))
        if body.scene_id is not None:
            scenes.require(session, at, body.scene_id)
        branch_id = branches.id_of(at)
    claim = Claim(project_id, branch_id, body.prompt, tuple(body.characters), body.scene_id)
    evidence = gather_evidence(claim)
    judgement = judge(claim, evidence, unopened(evidence.sheets))
    return CheckShown(
        verdict="conflict" if judgement.is_fatal else "pass",
        findings=[FindingShown.model_validate(finding) for finding in judgement.findings],
        prompt=complete_prompt(body.prompt, judgement.introductions, evidence.facts, ""),
    )

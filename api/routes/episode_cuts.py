"""How an episode was laid on its music: scenes, cuts, beats."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter

from api.requests import BranchQuery, branch_of
from api.schemas.cuts import CutListShown, CutShown, PieceShown
from api.schemas.episodes import EpisodeKey
from db.queries import cut_lists, episodes
from db.session import transaction
from studio.assembly_document import read_document
from studio.assembly_parts import Assembly, Part
from studio.sync import SyncReport

router = APIRouter(prefix="/episodes/{episode_id}", tags=["renders"])


@router.get("/cuts")
def get_cuts(episode_id: EpisodeKey, branch: BranchQuery = None) -> CutListShown:
    """The cut list by which the episode was assembled last; 404 before."""
    with transaction() as session:
        episode = episodes.get(session, episode_id, branch_of(branch)).episode
        generation_id, given = cut_lists.newest(session, episode)
    return _shown(generation_id, read_document(given["assembly"]), given["music"])


def _shown(generation_id: str, laid: Assembly, music: Mapping[str, Any]) -> CutListShown:
    return CutListShown(
        generation_id=generation_id,
        fps=str(laid.fps),
        frames=laid.frames,
        duration_s=laid.duration_s,
        pieces=[_piece(laid, part) for part in laid.parts],
        cuts=_cuts(laid.report),
        beats_s=list(laid.beats_s),
        downbeats_s=list(laid.downbeats_s),
        hit_rate_40ms=laid.report.hit_rate_40ms,
        bpm=laid.report.bpm,
        reason=laid.report.reason or str(music["reason"]),
        audio_path=music["path"],
        audio_start_s=None if laid.bed is None else laid.bed.start_s,
    )


def _cuts(report: SyncReport) -> list[CutShown]:
    """Without beats there is nothing that a cut could be held against."""
    offsets = report.offsets_ms or (None,) * len(report.cuts_s)
    pairs = zip(report.cuts_s, offsets, strict=True)
    return [CutShown(time_s=time_s, offset_ms=offset_ms) for time_s, offset_ms in pairs]


def _piece(laid: Assembly, part: Part) -> PieceShown:
    clip = None if part.clip is None else laid.clips[part.clip]
    return PieceShown(
        at=part.at,
        frames=part.frames,
        at_s=float(part.at / laid.fps),
        scene_id=None if clip is None else clip.scene_id,
        number=None if clip is None else clip.number,
        title=clip.title if clip else part.card.text if part.card else "",
        generation_id=clip.generation_id or None if clip else None,
        transition=str(part.into.kind),
    )

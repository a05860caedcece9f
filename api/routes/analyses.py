"""Tracks analysed, and videos held against their beats."""

from typing import Any

from fastapi import APIRouter, Request

from api.analyses import analysis_of
from api.requests import settings_of
from api.schemas.analyses import AnalysisAsked, AnalysisShown, PointShown, SyncAsked, SyncShown
from studio.sync_points import PointReport, SyncPoint, hold_points
from studio.tracks import DETAILED, as_document

router = APIRouter(prefix="/bpm", tags=["analysis"])


@router.post("/analyze-track", response_model=AnalysisShown, response_model_exclude_unset=True)
def analyze_track(request: Request, body: AnalysisAsked) -> dict[str, Any]:
    """Tempo, beats and tempo changes of a track; in detail also downbeats, key, quality and sections."""
    settings = settings_of(request)
    found = analysis_of(body.audio_path, settings, kind=body.analysis_type, backend=body.backend)
    document = as_document(found)
    return document | {"waveform": found.waveform.tolist()} if found.kind == DETAILED else document


@router.post("/sync-analysis")
def analyze_sync(request: Request, body: SyncAsked) -> SyncShown:
    """How the points of a video lie to the beats of its track."""
    found = analysis_of(body.audio_path, settings_of(request), kind=DETAILED, backend=body.backend)
    points = [SyncPoint(point.audio_time, point.video_frame) for point in body.sync_points]
    held = hold_points(
        points,
        found.beats,
        fps=body.target_fps,
        duration_s=body.video_duration,
        track_s=found.duration_s,
    )
    report = held.report
    return SyncShown(
        bpm=report.bpm,
        confidence=found.beats.confidence,
        audio_start=held.audio_start_s,
        points=[_shown(point) for point in held.points],
        hit_rate_1_frame=report.hit_rate_1_frame,
        hit_rate_40ms=report.hit_rate_40ms,
        median_ms=report.median_ms,
        p95_abs_ms=report.p95_abs_ms,
        downbeat_share=held.downbeat_share,
        chance_hit_rate_40ms=report.chance_hit_rate_40ms,
        reason=report.reason,
    )


def _shown(told: PointReport) -> PointShown:
    return PointShown(
        audio_time=told.point.audio_time_s,
        video_frame=told.point.video_frame,
        video_time=round(told.video_time_s, 4),
        drift_ms=round(told.drift_ms, 3),
        beat_time=told.beat_time_s and round(told.beat_time_s, 4),
        offset_ms=told.offset_ms,
        nearest_frame=told.nearest_frame,
        rounding_ms=told.rounding_ms,
        on_downbeat=told.is_on_downbeat,
    )

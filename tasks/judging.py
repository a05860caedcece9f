"""A take measured and held against what was asked for, before anything is written of it."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from db.queries import generations, takes
from db.queries.ownership import Run
from db.session import transaction
from studio.checks.character import Identities, References
from studio.clients import inspection
from studio.clients.identity import IdentityReader
from studio.errors import IdentityUnavailableError, MediaError, RenderError
from studio.pictures import Measurements
from studio.quality import AskedClip, Assessment, assess_clip
from studio.repairs import Mending, plan_repairs
from studio.settings import read_settings
from studio.storyboard import Camera, Storyboard
from tasks.carrying import stage_result
from tasks.pictures import Picture


@dataclass(frozen=True, slots=True, eq=False)
class Inspected:
    """A take's file, what was measured on it, what it should be, and the verdict."""

    path: Path
    clip: Measurements
    asked: AskedClip
    preset: str
    keeps_sound: bool
    identities: Identities
    assessment: Assessment

    def repairs(self) -> Mending | None:
        """How it can be put right without rendering; None where it can't, or need not."""
        return plan_repairs(
            self.clip, self.asked, self.assessment, preset=self.preset, keeps_sound=self.keeps_sound
        )


def inspected(run: Run, take: int) -> Inspected:
    """Hold a take against the size that its model was asked for last, and the plan's length and rate.

    Raises:
        RenderError: it is no video.
    """
    plan = stage_result(run, "plan", take)
    with transaction() as session:
        drawn = takes.get(session, run.generation_id, take).parameters
        preset = generations.request(session, run.generation_id).quality
        path = Path(takes.asset_path(session, stage_result(run, "render", take)["video_sha256"]))
    clip = _measured(path)
    asked = _asked(Storyboard.from_json(plan["storyboard"]), drawn)
    references = _references(stage_result(run, "check", take))
    identities = _identities(path, clip, references)
    assessment = assess_clip(clip, asked, preset=preset, references=references, identities=identities)
    return Inspected(path, clip, asked, preset, plan["music"]["path"] is None, identities, assessment)


def _identities(path: Path, clip: Measurements, references: References) -> Identities:
    """Who is seen, where there is something to tell by; else why nobody can say."""
    python = read_settings().identity_python
    if python is None or clip.frames == 0:
        return ""
    if not references:
        return "no reference image"
    try:
        return IdentityReader(python).compare(path, clip.frames, clip.info.width, references)
    except IdentityUnavailableError as error:
        return error.message


def _measured(path: Path) -> Measurements:
    try:
        return inspection.inspect_clip(path)
    except MediaError as error:
        raise RenderError(f"The renderer delivered no video: {error.message}", path=str(path)) from error


def _asked(storyboard: Storyboard, drawn: Mapping[str, Any]) -> AskedClip:
    """Where the camera was meant to stand still a standstill is no fault; a shot begins with a cut."""
    return AskedClip(
        width=drawn["width"],
        height=drawn["height"],
        fps=Fraction(storyboard.fps),
        frames=storyboard.frames,
        holds=tuple(
            (shot.start_frame, shot.end_frame_exclusive)
            for shot in storyboard.shots
            if shot.camera is Camera.HOLD
        ),
        cuts=tuple(shot.start_frame for shot in storyboard.shots[1:]),
    )


def _references(check: Mapping[str, Any]) -> References:
    """The cast's pictures by name; one that cannot be read any more is nothing to judge by."""
    found = {}
    for member in check["cast"]:
        picture = Picture.from_json(member["image"])
        if picture is not None:
            with suppress(MediaError):
                found[member["name"]] = [inspection.read_picture(Path(picture.path))]
    return found

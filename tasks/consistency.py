"""Requests for clips held against the project, whether a clip is then made or not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from db.queries import canon, casting, continuity, culture, projects
from db.queries.canon import Story
from db.session import transaction
from studio.canon.checking import Bible
from studio.canon.clips import Clip, check_clip
from studio.canon.filling import Portrait, introduce
from studio.canon.sheets import Canon
from studio.canon.slots import Slot
from studio.clients.store import open_allowed
from studio.consistency import Finding, Introduction, Sheet, Weight, check_cast, weighed
from studio.culture import Element
from studio.errors import MediaError, NotFoundError, PathNotAllowedError
from studio.settings import read_settings


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody asks for: a prompt and whom it names, on a branch, of a scene of it or of none."""

    project_id: int
    branch_id: int
    prompt: str
    characters: tuple[str, ...] = ()
    scene_id: int | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a project has to say of a claim."""

    bible: Bible
    portraits: tuple[Portrait, ...]
    sheets: Mapping[str, Sheet]
    facts: Mapping[str, str]
    clip: Clip
    cast: tuple[str, ...]
    story: Story
    elements: Mapping[str, Element]
    refuses: bool


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was found of a claim, and who is to be introduced in its prompt."""

    findings: tuple[Finding, ...]
    introductions: tuple[Introduction, ...]

    @property
    def is_fatal(self) -> bool:
        """Whether the clip is not to be made."""
        return any(finding.weight.is_fatal for finding in self.findings)


def cast_of(claim: Claim) -> list[str]:
    """Who is in a clip: whom the request, its prompt and its scene name."""
    with transaction() as session:
        bible = _index(canon.names(session, claim.branch_id))
        in_scene = casting.names_in_scene(session, claim.branch_id, claim.scene_id or 0)
    return list(_cast(claim, bible, in_scene))


def gather_evidence(claim: Claim, cast: Sequence[str] | None = None) -> Evidence:
    """Read what bears on a claim: the names of all, and the sheets of those who are meant.

    `cast` is who is in the clip, where that is settled.
    """
    with transaction() as session:
        names = _index(canon.names(session, claim.branch_id))
        scene = continuity.scene(session, claim.branch_id, claim.scene_id)
        told = "" if scene is None else scene.description
        in_scene = tuple(casting.names_in_scene(session, claim.branch_id, claim.scene_id or 0))
        cast = _cast(claim, names, in_scene) if cast is None else tuple(cast)
        meant = list(dict.fromkeys((*cast, *names.named_in(claim.prompt), *names.named_in(told))))
        portraits = tuple(canon.portraits(session, claim.branch_id, meant))
        called = [name for one in meant for name in names.called(one)]
        story = canon.story_at(session, scene, called)
        return Evidence(
            bible=names.told(portrait.canon for portrait in portraits),
            portraits=portraits,
            sheets=casting.sheets(session, claim.branch_id, cast),
            facts=casting.look_facts(session, claim.branch_id),
            clip=Clip(claim.prompt, (*claim.characters, *in_scene), told, story.scene_number),
            cast=cast,
            story=story,
            elements=culture.by_source(session, claim.project_id),
            refuses=projects.production(session, claim.project_id).consistency == "refuse",
        )


@lru_cache(maxsize=4)
def _index(names: tuple[Canon, ...]) -> Bible:
    """The same for as long as nobody comes, goes or is renamed."""
    return Bible(names)


def _cast(claim: Claim, bible: Bible, in_scene: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*claim.characters, *bible.standing_in(claim.prompt), *in_scene)))


def judge(claim: Claim, evidence: Evidence, missing: Mapping[str, str]) -> Judgement:
    """Weigh a claim by the evidence; `missing` says why the reference pictures of some cannot be used."""
    found = check_clip(evidence.bible, evidence.clip, evidence.story.contexts, evidence.elements)
    findings = (
        *check_cast(claim.characters, evidence.cast, evidence.sheets, missing),
        *_unplaced(evidence.story),
        *weighed(found, refuses=evidence.refuses),
    )
    said = [one.finding for one in found if one.finding.slot not in {Slot.STORY, Slot.CULTURE}]
    by_name = {portrait.canon.name: portrait for portrait in evidence.portraits}
    introductions = tuple(
        Introduction(
            name,
            introduce(by_name[name], evidence.bible.sheet(name), said),
            _trigger_words(evidence.sheets.get(name)),
        )
        for name in evidence.cast
        if name in by_name
    )
    return Judgement(findings, introductions)


def unopened(sheets: Mapping[str, Sheet]) -> dict[str, str]:
    """For the characters whose reference picture cannot be opened, why."""
    missing: dict[str, str] = {}
    for name, sheet in sheets.items():
        try:
            if sheet.image_path is not None:
                open_allowed(sheet.image_path, read_settings().roots)
        except (NotFoundError, PathNotAllowedError, MediaError) as error:
            missing[name] = error.message
    return missing


def _unplaced(story: Story) -> tuple[Finding, ...]:
    if story.lost is None:
        return ()
    message = f"the scene is not held against the story: there is no timeline {story.lost!r}"
    return (Finding(Weight.NOT_JUDGED, None, message),)


def _trigger_words(sheet: Sheet | None) -> tuple[str, ...]:
    return () if sheet is None else sheet.likeness.trigger_words

"""What a project knows of those in a clip: names of all, and of those who are meant what is said of them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, String, any_, case, func, select
from sqlalchemy.dialects.postgresql import array, distinct_on
from sqlmodel import Session, col

from db.models.project import BibleCharacter, Character, Scene
from db.models.story import StorylineContext, StoryTimeline
from studio.canon.filling import Portrait
from studio.canon.sheets import Canon, Statement, told
from studio.canon.story import Context
from studio.canon.tokens import words
from studio.continuity import read_aliases


@dataclass(frozen=True, slots=True)
class Story:
    """The place of a scene in the story, and what holds there; `lost` is a timeline that nobody knows."""

    scene_number: int | None = None
    contexts: tuple[Context, ...] = ()
    lost: str | None = None


def names(session: Session, branch_id: int) -> tuple[Canon, ...]:
    """Everybody whom a branch's characters or its bible name, with what else they are called.

    All of them, however many: a part of a name, or a slip, can only be told by all the names that there are.
    They come in one value each, for thousands of rows would take longer than all that is done with them.
    """
    aliases = func.jsonb_object_agg(col(Character.name), col(Character.details)["aliases"])
    called = session.scalar(select(aliases).where(col(Character.branch_id) == branch_id)) or {}
    of_bible = func.array_agg(col(BibleCharacter.name))
    told = session.scalar(select(of_bible).where(col(BibleCharacter.branch_id) == branch_id)) or ()
    both = {**dict.fromkeys(sorted(told)), **called}
    return tuple(Canon(name, aliases=read_aliases(aliases)) for name, aliases in both.items())


def portraits(session: Session, branch_id: int, meant: Sequence[str]) -> list[Portrait]:
    """What is written of those of `meant` whom the branch or its bible has, and where."""
    of_branch = col(Character.branch_id) == branch_id, col(Character.name).in_(meant)
    characters = {row.name: row for row in session.scalars(select(Character).where(*of_branch))}
    of_bible = col(BibleCharacter.branch_id) == branch_id, col(BibleCharacter.name).in_(meant)
    entries = {row.name: row for row in session.scalars(select(BibleCharacter).where(*of_bible))}
    return [
        _portrait(name, characters.get(name), entries.get(name))
        for name in dict.fromkeys(meant)
        if name in characters or name in entries
    ]


def story_at(session: Session, scene: Scene | None, named: Collection[str]) -> Story:
    """What the story holds of those named, in a scene of the timeline that its metadata names, or the first.

    `named` are names and aliases; a subject that shares a word with one may be its bearer.
    """
    if scene is None:
        return Story()
    wanted = scene.details.get("timeline")
    query = select(col(StoryTimeline.id)).where(col(StoryTimeline.project_id) == scene.project_id)
    if wanted is not None:
        query = query.where(col(StoryTimeline.name) == str(wanted))
    order = col(StoryTimeline.position), col(StoryTimeline.id)
    timeline_id = session.scalar(query.order_by(*order).limit(1))
    if timeline_id is None:
        return Story(scene.scene_number, lost=None if wanted is None else str(wanted))
    return Story(scene.scene_number, tuple(_contexts(session, timeline_id, scene.scene_number, named)))


def _contexts(session: Session, timeline_id: int, scene_number: int, named: Collection[str]) -> list[Context]:
    """What state each subject of a timeline is in at a scene, and which it comes to next."""
    like = [f"%{word}%" for name in named for word in words(name)]
    number, is_next = col(StorylineContext.from_scene_number), _is_after(scene_number)
    query = (
        select(StorylineContext)
        .where(col(StorylineContext.timeline_id) == timeline_id, col(StorylineContext.state).is_not(None))
        .where(col(StorylineContext.subject).ilike(any_(array(like, type_=String))))
        .ext(distinct_on(col(StorylineContext.subject), is_next))
        .order_by(
            col(StorylineContext.subject),
            is_next,
            func.abs(number - scene_number),
            col(StorylineContext.id).desc(),
        )
    )
    return [_context(row) for row in session.scalars(query)]


def _is_after(scene_number: int) -> ColumnElement[int]:
    return case((col(StorylineContext.from_scene_number) > scene_number, 1), else_=0)


def _context(row: StorylineContext) -> Context:
    source = f"storyline_context/{row.id}"
    return Context(row.subject, row.from_scene_number, row.state, source, row.note)


def _portrait(name: str, character: Character | None, entry: BibleCharacter | None) -> Portrait:
    """The bible's word is the weightiest, then what a character's metadata says key by key."""
    entries = [] if entry is None else [*_prose(entry.visual_description, _source(entry))]
    described = [] if character is None else [*_prose(character.description, _source(character))]
    keyed = [] if character is None else told(character.details, _source(character))
    aliases = () if character is None else read_aliases(character.details.get("aliases"))
    canon = Canon(name, (*entries, *keyed, *described), aliases)
    return Portrait(canon, (*entries, *described))


def _prose(text: str | None, source: str) -> Iterator[Statement]:
    if text and text.strip():
        yield Statement(text, source)


def _source(row: Character | BibleCharacter) -> str:
    return f"{row.__tablename__}/{row.id} v{row.version}"

"""Screenplays in Fountain (fountain.io), scene by scene."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO
from typing import Any, Final, TypeVar

from screenplain.parsers import fountain
from screenplain.types import Action, Dialog, DualDialog, Section, Slug, Transition

from studio.errors import InvalidError

T = TypeVar("T", dict[str, Any], list[Any])
_SIDE: Final = re.compile(r"^(INT\.?/EXT|EXT\.?/INT|I/E|INT|EXT|EST)[. ]\s*", re.IGNORECASE)
_SIDES: Final = {"INT": "inside", "EXT": "outside", "EST": "outside"}
_TIME: Final = re.compile(
    r"(?:\b(early|late|later|that|next|same|the|moments|magic|pre)\b|\W|"
    r"(?:同|翌)?(?:早朝|深夜|真夜中|夜明け前?|夕暮れ|夕方|明け方|日中|午前|午後|放課後|黄昏|未明|[朝昼夕夜晩日])|"
    r"\b(day|night|dawn|dusk|morning|noon|afternoon|evening|midnight|sunrise|sunset|hour|continuous)\b)+",
    re.IGNORECASE,
)
_ASIDE: Final = re.compile(r"\s*(\([^)]*\)|\[[^\]]*\])\s*")
"""`(1973)`, `[FLASHBACK]`: what a heading says besides."""
_ENDING: Final = re.compile(r"['’](S|T|D|M|LL|RE|VE)\b", re.IGNORECASE)
_DASH: Final = re.compile(r"\s+[-–—－]+\s+|－")
_WIDE_ASIDE: Final = re.compile(r"（[^（）]*）")
"""A direction as Japanese writes it."""
_NOTE: Final = re.compile(r"(?<=\S)[ \t]+\[\[[^\[\]\n]*\]\](?=[ \t]|$)", re.MULTILINE)
"""A note within a line, with the space before it."""
_HEADING: Final = re.compile(r"^(?:INT|EXT|EST|I/E)[. /]|^\.(?!\.)", re.IGNORECASE | re.MULTILINE)
_EXTENSION: Final = re.compile(r"\s*\([^)]*\)\s*|\s*\^\s*$")


MOST_SCENES: Final = 1000


@dataclass(frozen=True, slots=True)
class Speech:
    """What a character says, and how."""

    character: str
    text: str
    direction: str | None = None


@dataclass(slots=True)
class ScriptScene:
    """A scene of a screenplay; what stands before the first heading has none."""

    heading: str = ""
    number: str | None = None
    synopsis: str | None = None
    action: list[str] = field(default_factory=list)
    speeches: list[Speech] = field(default_factory=list)
    transition: str | None = None

    @property
    def side(self) -> str | None:
        """`inside`, `outside`, `both`, or None where the heading does not say."""
        found = _SIDE.match(self.heading)
        return _SIDES.get(found[1].upper().rstrip("."), "both") if found else None

    @property
    def place(self) -> str:
        """What the heading says of where, as it is written there."""
        return self._split()[0]

    @property
    def time_of_day(self) -> str | None:
        """What the heading says of when, in small letters."""
        return self._split()[1]

    @property
    def characters(self) -> list[str]:
        """Who speaks, each once, in the order of their first words."""
        return list(dict.fromkeys(speech.character for speech in self.speeches))

    def _split(self) -> tuple[str, str | None]:
        parts = _DASH.split(_SIDE.sub("", self.heading))
        time = _ASIDE.sub(" ", parts[-1]).strip()
        if len(parts) > 1 and time and _TIME.fullmatch(time):
            return " - ".join(parts[:-1]), time.lower()
        return " - ".join(parts), None


@dataclass(frozen=True, slots=True)
class Screenplay:
    """A screenplay: its title, and its scenes in order."""

    title: str | None
    scenes: tuple[ScriptScene, ...]


def read_screenplay(text: str, known: Sequence[str] = ()) -> Screenplay:
    """The scenes of a screenplay in Fountain; notes and what is cut out (`/* */`) are left out, as in print.

    Args:
        text: The screenplay.
        known: Names of characters as the project writes them; a cue in capitals that means one of them is
            given its name, any other is written with capital initials.

    Raises:
        InvalidError: it has no scene, or more than a thousand.
    """
    if len(_HEADING.findall(text)) > 2 * MOST_SCENES:  # as many may be cut out
        raise _too_many()
    play = fountain.parse(StringIO(_NOTE.sub("", text.removeprefix("\ufeff"))))
    names = {name.casefold(): name for name in known}
    scenes = [ScriptScene()]
    for paragraph in play:
        if isinstance(paragraph, Slug):
            scenes.append(_headed(paragraph))
        else:
            _tell(scenes[-1], paragraph, names)
    told = tuple(each for each in scenes if each.heading or each.action or each.speeches)
    if not told:
        raise InvalidError(
            "The screenplay has no scene.", field="text", value=text[:80], expected="Fountain, with a scene"
        )
    if len(told) > MOST_SCENES:
        raise _too_many()
    title = " ".join(str(line).strip() for line in play.get_rich_attribute("Title"))
    return Screenplay(title or None, told)


def decoded(content: bytes) -> str:
    """The text of a file: UTF-8, or UTF-16 with its mark.

    Raises:
        InvalidError: it is neither, or has NUL in it.
    """
    code = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(code)
    except UnicodeDecodeError as error:
        raise _no_text() from error
    if "\0" in text:
        raise _no_text()
    return text


def _no_text() -> InvalidError:
    return InvalidError(
        "The file is no text.", field="file", value="a file", expected="Fountain, as text in UTF-8"
    )


def _too_many() -> InvalidError:
    return InvalidError(
        "The screenplay has too many scenes.",
        field="text", value="more", expected=f"at most {MOST_SCENES} scenes",
    )  # fmt: skip


def as_scene(scene: ScriptScene) -> dict[str, Any]:
    """Description, characters and metadata of a project's scene."""
    opening = ", ".join(filter(None, (_capital(scene.place), scene.time_of_day)))
    heading = {"heading": scene.heading, "place": scene.place, "side": scene.side, "number": scene.number}
    more = {"time_of_day": scene.time_of_day, "synopsis": scene.synopsis, "transition": scene.transition}
    spoken = [
        {"character": each.character, "text": each.text, "direction": each.direction}
        for each in scene.speeches
    ]
    return {
        "description": "\n\n".join(filter(None, (f"{opening}." if opening else "", *scene.action))),
        "characters": scene.characters,
        "metadata": {"screenplay": {**heading, **more}, "dialogue": spoken},
    }


def write_screenplay(title: str | None, scenes: Iterable[Mapping[str, Any]]) -> str:
    """Scenes of a project in Fountain; read again, they are the same scenes.

    Args:
        title: What stands before everything.
        scenes: In order, each with `scene_number`, `description` and `metadata`, as `as_scene` makes them; a
            scene that came of no screenplay is headed by its number.
    """
    head = [f"Title: {title}\n"] if title else []
    return "\n".join([*head, *(_written(scene) for scene in scenes)])


def _written(scene: Mapping[str, Any]) -> str:
    told = _told(scene["metadata"], "screenplay", dict)
    heading = str(told.get("heading") or "")
    lines = [_heading(heading or f"SCENE {scene['scene_number']}", told.get("number")), ""]
    if told.get("synopsis"):
        lines += [f"= {told['synopsis']}", ""]
    for action in _actions(scene["description"], heading):
        lines += [f"!{action}", ""]
    for each in _told(scene["metadata"], "dialogue", list):
        lines += [*_speech(each), ""]
    if told.get("transition"):
        lines += [f"> {told['transition']}", ""]
    return "\n".join(lines)


def _told(metadata: Mapping[str, Any], name: str, kind: type[T]) -> T:
    """What a scene's metadata says under a name, which anybody may have written."""
    value = metadata.get(name)
    return value if isinstance(value, kind) else kind()


def _heading(heading: str, number: object) -> str:
    """One that begins like none of Fountain's is marked as one by a dot."""
    marked = heading if _SIDE.match(heading) else f".{heading}"
    return f"{marked} #{number}#" if number else marked


def _actions(description: str, heading: str) -> list[str]:
    """The paragraphs of a description, without the one that says where and when the heading does."""
    paragraphs = [each for each in re.split(r"\n\s*\n", description) if each.strip()]
    opening = as_scene(ScriptScene(heading))["description"]
    return paragraphs[1:] if heading and paragraphs[:1] == [opening] else paragraphs


def _speech(spoken: object) -> list[str]:
    """The cue is marked as one, so that a name keeps its letters."""
    each = spoken if isinstance(spoken, Mapping) else {}
    said = [line for line in str(each.get("text") or "").splitlines() if line.strip()]
    direction = [f"({each['direction']})"] if each.get("direction") else []
    return [f"@{each.get('character')}", *direction, *said] if each.get("character") else []


def _headed(slug: Slug) -> ScriptScene:
    number = None if slug.scene_number is None else str(slug.scene_number)
    return ScriptScene(heading=str(slug.line).strip(), number=number, synopsis=slug.synopsis)


def _tell(scene: ScriptScene, paragraph: Any, names: Mapping[str, str]) -> None:
    match paragraph:
        case Dialog():
            scene.speeches.extend(_speeches(paragraph, names))
        case DualDialog():
            for side in (paragraph.left, paragraph.right):
                scene.speeches.extend(_speeches(side, names))
        case Action():
            told = "\n".join(str(line).strip() for line in paragraph.lines)
            scene.action.extend([told] if told.strip() else [])
        case Transition():
            scene.transition = str(paragraph.line).strip()
        case Section():  # acts and sequences: an outline, which no scene is told by
            pass


def _speeches(dialog: Dialog, names: Mapping[str, str]) -> Iterator[Speech]:
    """A character's words; each direction begins another speech."""
    cue = _EXTENSION.sub("", str(dialog.character)).strip()
    character = names.get(cue.casefold()) or (_titled(cue) if cue.isupper() else cue)
    direction, said = None, list[str]()
    for is_direction, line in dialog.blocks:
        if not is_direction and not _WIDE_ASIDE.fullmatch(str(line).strip()):
            said.append(str(line))
            continue
        if said:
            yield Speech(character, "\n".join(said), direction)
            said = []
        direction = str(line).strip("()（） ") or None
    if said or direction:
        yield Speech(character, "\n".join(said), direction)


def _titled(cue: str) -> str:
    """`WILL'S DATE` is Will's Date, and `D'ARC` D'Arc."""
    return _ENDING.sub(lambda found: found[0].lower(), cue.title())


def _capital(place: str) -> str:
    return place.capitalize() if place.isupper() else place

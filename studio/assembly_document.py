"""A cut list as a JSON document, whole, and read again."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from fractions import Fraction
from pathlib import Path
from typing import Any

from studio.assembly_parts import Assembly, Card, Chapter, Part, SceneClip, Transition
from studio.errors import InvalidError
from studio.exchange.subtitles import Line
from studio.music_bed import Bed, Loop
from studio.sync import SyncReport


def as_document(assembly: Assembly) -> dict[str, Any]:
    """All of a cut list as JSON; `read_document` has it again. Rates are strings such as `24000/1001`."""
    document = asdict(assembly)
    document["fps"] = str(assembly.fps)
    for told, clip in zip(document["clips"], assembly.clips, strict=True):
        told |= {"fps": str(clip.fps), "path": str(clip.path)}
        told["sound"] = None if clip.sound is None else str(clip.sound)
        told["details"] = dict(clip.details)
    return document


def read_document(document: Mapping[str, Any]) -> Assembly:
    """A cut list that `as_document` wrote; what a later version added to it is left out.

    Raises:
        InvalidError: it is none.
    """
    try:
        return _read(document)
    except (KeyError, TypeError, ValueError, AttributeError, ZeroDivisionError) as error:
        raise InvalidError(
            "This is no cut list of an episode.", field="assembly", value="document", expected="a cut list"
        ) from error


def _read(document: Mapping[str, Any]) -> Assembly:
    values = _known(Assembly, document) | {
        "fps": Fraction(document["fps"]),
        "clips": tuple(_clip(clip) for clip in document["clips"]),
        "parts": tuple(_part(part) for part in document["parts"]),
        "chapters": tuple(Chapter(**_known(Chapter, each)) for each in document["chapters"]),
        "report": _report(document["report"]),
        "closing": _transition(document["closing"]),
        "bed": _bed(document["bed"]),
        "beats_s": tuple(document["beats_s"]),
        "downbeats_s": tuple(document["downbeats_s"]),
    }
    return Assembly(**values)


def _known(kind: type, values: Mapping[str, Any]) -> dict[str, Any]:
    names = {each.name for each in fields(kind)}
    return {name: value for name, value in values.items() if name in names}


def _clip(told: Mapping[str, Any]) -> SceneClip:
    values = _known(SceneClip, told) | {
        "path": Path(told["path"]),
        "fps": Fraction(told["fps"]),
        "accents_s": tuple(told["accents_s"]),
        "transition": None if told["transition"] is None else _transition(told["transition"]),
        "details": dict(told["details"]),
        "dialogue": tuple(Line(**_known(Line, line)) for line in told["dialogue"]),
        "sound": None if told["sound"] is None else Path(told["sound"]),
    }
    return SceneClip(**values)


def _part(told: Mapping[str, Any]) -> Part:
    card = None if told["card"] is None else Card(**_known(Card, told["card"]))
    return Part(**_known(Part, told) | {"card": card, "into": _transition(told["into"])})


def _transition(told: Mapping[str, Any]) -> Transition:
    return Transition(**_known(Transition, told))


def _bed(told: Mapping[str, Any] | None) -> Bed | None:
    if told is None:
        return None
    loop = None if told["loop"] is None else Loop(**told["loop"])
    return Bed(**_known(Bed, told) | {"loop": loop})


def _report(told: Mapping[str, Any]) -> SyncReport:
    times = {name: tuple(told[name]) for name in ("cuts_s", "beats_s", "offsets_ms")}
    return SyncReport(**_known(SyncReport, told) | times)

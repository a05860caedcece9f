"""What lets something said depart from the bible: a guise of its owner, another time, an occasion."""

from collections.abc import Iterator, Sequence

from studio.canon.attribution import DENYING, Owner, Scene
from studio.canon.licences import OCCASION_WORDS, Licence
from studio.canon.mention import Mention
from studio.canon.pronouns import referents
from studio.canon.reading import Reading, ending
from studio.canon.slots import Slot


def licence_of(scene: Scene, mention: Mention, owner: Owner) -> str:
    """The words that let this depart from the bible, or none."""
    for place, licence in licences_for(scene, owner.names):
        if mention.slot in licence.slots:
            return scene.reading.terms[place].words
    return _occasion(scene.reading, mention) if mention.slot is Slot.OUTFIT else ""


def licences_for(scene: Scene, names: Sequence[str]) -> Iterator[tuple[int, Licence]]:
    """What licenses departures of any of `names`, and the term that says it."""
    for place in scene.reading.licensing:
        licence: Licence = scene.reading.terms[place].value
        holds = licence.for_all or bool(set(licensee(scene, place).names) & set(names))
        if holds and not is_denied(scene, place):
            yield place, licence


def _occasion(reading: Reading, mention: Mention) -> str:
    """The word of an occasion that asks for such clothes: a beach, for a swimsuit."""
    broader = mention.value.kind.broader
    others = (term for place, term in enumerate(reading.terms) if place != mention.head)
    words = {word for term in others for word in term.words.split()}
    for kinds, occasion in OCCASION_WORDS:
        if kinds & broader and (asked := words & occasion):
            return min(asked)
    return ""


def is_denied(scene: Scene, place: int) -> bool:
    """Whether the term at `place` stands behind a negation."""
    left = scene.reading.codes[:place].rstrip("m")
    return ending(DENYING, left, len(left)) is not None


def licensee(scene: Scene, place: int) -> Owner:
    """Whose disguise, costume or role the term at `place` tells of."""
    left = scene.reading.codes[:place].rstrip("dmaCSDFLYGAx")
    if left.endswith("s") and (
        names := referents(scene.reading, len(left) - 1, scene.members, scene.profiles)
    ):
        return Owner(names)
    here = Mention(Slot.BEARD, None, place, place + 1, place)
    if left[-1:] in {"", ".", ","} and not scene.before(here, place):
        return scene.elsewhere(here, place)
    return scene.subject(here, place)

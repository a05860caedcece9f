"""What a prompt asks to see: place, time of day, weather, mood and what the characters do."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from studio.animatic.raster import stream
from studio.japanese import in_english, name_pattern

Kind = TypeVar("Kind", bound=StrEnum)


class Place(StrEnum):
    """Where a clip plays."""

    FOREST = "forest"
    MYSTIC = "mystic"
    VILLAGE = "village"
    CITY = "city"
    ROOFTOP = "rooftop"
    BEACH = "beach"
    LAKE = "lake"
    MOUNTAINS = "mountains"
    DESERT = "desert"
    TEMPLE = "temple"
    CASTLE = "castle"
    CLASSROOM = "classroom"
    ROOM = "room"
    STATION = "station"
    MEADOW = "meadow"
    SNOWFIELD = "snowfield"
    SPACE = "space"


class Daytime(StrEnum):
    """The time of day."""

    DAWN = "dawn"
    DAY = "day"
    DUSK = "dusk"
    NIGHT = "night"


class Weather(StrEnum):
    """What the air is filled with."""

    CLEAR = "clear"
    RAIN = "rain"
    STORM = "storm"
    SNOW = "snow"
    FOG = "fog"


class Drift(StrEnum):
    """Small things that float through the air beside the weather."""

    PETALS = "petals"
    FIREFLIES = "fireflies"
    LEAVES = "leaves"
    EMBERS = "embers"
    DUST = "dust"


class Pose(StrEnum):
    """What the characters do."""

    STANDING = "standing"
    WALKING = "walking"
    RUNNING = "running"
    SITTING = "sitting"
    FIGHTING = "fighting"


@dataclass(frozen=True, slots=True)
class Setting:
    """A prompt as a scene painter reads it; `without` holds what the negative prompt forbids."""

    place: Place
    daytime: Daytime
    weather: Weather
    drifts: tuple[Drift, ...]
    pose: Pose
    cinematic: bool
    eerie: bool
    wintry: bool
    without: frozenset[str]

    @property
    def is_indoor(self) -> bool:
        """Whether a roof keeps the weather out."""
        return self.place in (Place.CLASSROOM, Place.ROOM)


PLACES = {
    Place.MYSTIC: (
        r"(mystic\w*|magic\w*|enchanted|fairy|ancient|haunted|elven|glowing|spirit) (\w+ )?"
        r"(forest|woods?|grove|glade)"
        r"|fairyland"
    ),
    Place.ROOFTOP: r"roof ?tops?|roof",
    Place.CLASSROOM: r"classrooms?|schoolroom|lecture|school|academy|blackboard",
    Place.ROOM: r"(bed|living )?rooms?|indoors?|interior|apartment|kitchen|library|cafe|tavern|office|dojo",
    Place.STATION: r"station|railway|subway|platform|(a|the|by) train",
    Place.TEMPLE: r"temples?|shrines?|torii|pagodas?|monastery",
    Place.CASTLE: r"castles?|fortress|palace|citadel|ruins?",
    Place.VILLAGE: r"villages?|hamlet|town|farms?|countryside|cottages?|market",
    Place.CITY: (
        r"cit(y|ies)|streets?|downtown|metropolis|tokyo|neon|urban|skyline|skyscrapers?|alley|cyberpunk|shibuya"
    ),
    Place.SPACE: r"(outer )?space|spaceship|galax(y|ies)|planets?|cosmos|nebula|asteroids?|starship|orbit",
    Place.BEACH: r"beach(es)?|seaside|sea|ocean|coast|shore|island|harbou?r|pier",
    Place.LAKE: r"lakes?|rivers?|ponds?|waterfalls?|riverside|stream",
    Place.SNOWFIELD: r"snow ?fields?|tundra|arctic|glaciers?|frozen|winter (wonder)?land",
    Place.FOREST: r"forests?|woods|jungle|grove|woodland|bamboo",
    Place.MOUNTAINS: r"mountains?|peaks?|cliffs?|valleys?|summit|alps|canyon|volcano",
    Place.DESERT: r"deserts?|dunes?|wasteland|oasis|sahara|mesa",
    Place.MEADOW: r"meadows?|fields?|grass\w*|hills?|prairie|gardens?|park|flowers?|plains?|sky|trees?",
}
DAYTIMES = {
    Daytime.NIGHT: r"nights?|midnight|moon(lit|light)?|nocturnal|starry|stars",
    Daytime.DUSK: r"sun ?set|dusk|twilight|evening|golden hour|magic hour",
    Daytime.DAWN: r"dawn|sun ?rise|daybreak|early morning|morning",
    Daytime.DAY: r"day(light|time)?|noon|midday|afternoon|sunny|sunlight|sunlit|bright",
}
WEATHERS = {
    Weather.STORM: r"(thunder ?|rain ?)?storm(s|y)?|lightning|thunder|typhoon|tempest",
    Weather.RAIN: r"rain(s|y|ing|fall)?|drizzle|downpour|wet",
    Weather.SNOW: r"snow(s|ing|fall)|snowy(?! (mountain|peak))|blizzard|snowflakes?|snow(?! ?(field|cap|y))",
    Weather.FOG: r"fog(gy)?|mist(y)?|haz[ey]|smog",
    Weather.CLEAR: r"clear|cloudless|sunny",
}
DRIFTS = {
    Drift.PETALS: r"petals?|cherry|sakura|blossoms?",
    Drift.FIREFLIES: r"firefl(y|ies)|magic\w*|enchanted|mystic\w*|glow\w*|sparkl\w+|particles|spirits?|fairy",
    Drift.LEAVES: r"autumn(al)?|fall(ing|en) leaves|leaves|maple",
    Drift.EMBERS: r"fire|flames?|embers?|burning|volcano|dragon",
    Drift.DUST: r"dust(y)?|sand ?storm",
}
POSES = {
    Pose.FIGHTING: r"fight\w*|battl\w+|duel\w*|attack\w*|combat|sword ?fight|clash\w*|training",
    Pose.RUNNING: r"run(s|ning)?|ran|rush\w*|chas\w+|sprint\w*|flee\w*|escap\w+|dash\w*",
    Pose.WALKING: r"walk\w*|stroll\w*|wander\w*|march\w*|travel\w*|journey\w*|approach\w*|hik\w+|crossing",
    Pose.SITTING: r"sit(s|ting)?|sat|seated|rest(s|ing)|kneel\w*|meditat\w*|reading",
    Pose.STANDING: r"stand\w*|stood|wait\w*|looking|gaz\w+|pos(es|ing)",
}
CINEMATIC = r"cinematic|dramatic|epic|moody|film|volumetric|backlit|rim light\w*"
EERIE = r"eerie|creepy|haunted|dark (forest|woods|night|sky|mood|and)|horror|ominous|spooky|sinister|gloomy"
WINTRY = r"snow\w*|winter\w*|icy|frozen|glaciers?"
REMOVABLE = {
    "clouds": r"clouds?|cloudy|overcast", "stars": r"stars?", "moon": r"moon", "sun": r"sun|sunlight",
    "trees": r"trees?|forests?", "houses": r"houses?|buildings?", "mountains": r"mountains?|hills?",
    "birds": r"birds?", "lights": r"lights?|lamps?|lanterns?|neon", "flowers": r"flowers?",
    "grass": r"grass", "blur": r"out of focus|bokeh|depth of field", "vignette": r"vignett\w*",
    "rays": r"rays?|god ?rays|light shafts",
}  # fmt: skip
DENIED = r"\b(?:no|without|not)\s+(?:any\s+)?(\w+)"
QUIET_PLACES = (Place.MEADOW, Place.LAKE, Place.MOUNTAINS)


def read_setting(prompt: str, negative: str = "", *, names: Iterable[str] = ()) -> Setting:
    """The setting that a prompt describes.

    What the negative prompt names is never chosen, and neither is what the prompt itself
    denies ("no rain", 雨なし). A prompt that names no place gets a landscape of its own, the same
    one each time. `names` are the characters', whose words say nothing of the scene.
    """
    text = prompt
    for name in names:
        text = name_pattern(name).sub(" ", text)
    text = in_english(text).lower()
    denied = f"{in_english(negative).lower()} {' '.join(re.findall(DENIED, text))}"
    text = re.sub(DENIED, " ", text)
    place = _place(text, denied, prompt.lower())
    drifts = tuple(d for d in _named(DRIFTS, text) if d not in _named(DRIFTS, denied))
    return Setting(
        place=place,
        daytime=_first(DAYTIMES, text, denied) or _usual_daytime(place, denied),
        weather=_first(WEATHERS, text, denied) or Weather.CLEAR,
        drifts=drifts,
        pose=_first(POSES, text, denied) or Pose.STANDING,
        cinematic=_has(CINEMATIC, text) and not _has(CINEMATIC, denied),
        eerie=_has(EERIE, text) and not _has(EERIE, denied),
        wintry=_has(WINTRY, text) and not _has(WINTRY, denied),
        without=frozenset(name for name, words in REMOVABLE.items() if _has(words, denied)),
    )


def _has(words: str, text: str) -> bool:
    return re.search(rf"\b(?:{words})\b", text) is not None


def _named(vocabulary: dict[Kind, str], text: str) -> list[Kind]:
    return [kind for kind, words in vocabulary.items() if _has(words, text)]


def _first(vocabulary: dict[Kind, str], text: str, denied: str) -> Kind | None:
    refused = _named(vocabulary, denied)
    return next((kind for kind in _named(vocabulary, text) if kind not in refused), None)


def _place(text: str, denied: str, prompt: str) -> Place:
    found = _first(PLACES, text, denied)
    if found is not None:
        return found
    refused = _named(PLACES, denied)
    choices = [place for place in QUIET_PLACES if place not in refused] or [Place.DESERT]
    return choices[int(stream("place", prompt).integers(len(choices)))]


def _usual_daytime(place: Place, denied: str) -> Daytime:
    usual = Daytime.NIGHT if place is Place.SPACE else Daytime.DAY
    refused = _named(DAYTIMES, denied)
    return next((d for d in (usual, Daytime.DAY, Daytime.DUSK, Daytime.NIGHT) if d not in refused), usual)

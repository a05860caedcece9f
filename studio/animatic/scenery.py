"""The scenery of a shot: which painters make which place."""

from collections.abc import Callable

from studio.animatic.indoors import paint_classroom, paint_room
from studio.animatic.nature import (
    paint_alien_ground,
    paint_beach,
    paint_desert,
    paint_lake,
    paint_meadow,
    paint_mountain_valley,
    paint_snowfield,
)
from studio.animatic.scene import Plane, Scene
from studio.animatic.setting import Place, Weather
from studio.animatic.sky import paint_sky
from studio.animatic.stations import paint_castle, paint_station
from studio.animatic.terrain import paint_mist
from studio.animatic.towns import paint_city, paint_rooftop, paint_temple, paint_village
from studio.animatic.woods import paint_forest
from studio.storyboard import Framing

PAINTERS: dict[Place, Callable[[Scene], list[Plane]]] = {
    Place.FOREST: paint_forest,
    Place.MYSTIC: paint_forest,
    Place.VILLAGE: paint_village,
    Place.CITY: paint_city,
    Place.ROOFTOP: paint_rooftop,
    Place.BEACH: paint_beach,
    Place.LAKE: paint_lake,
    Place.MOUNTAINS: paint_mountain_valley,
    Place.DESERT: paint_desert,
    Place.TEMPLE: paint_temple,
    Place.CASTLE: paint_castle,
    Place.CLASSROOM: paint_classroom,
    Place.ROOM: paint_room,
    Place.STATION: paint_station,
    Place.MEADOW: paint_meadow,
    Place.SNOWFIELD: paint_snowfield,
    Place.SPACE: paint_alien_ground,
}
SOFTNESS = {Framing.WIDE: 0.0, Framing.MEDIUM: 0.0022, Framing.CLOSE: 0.0055}


def paint_scenery(scene: Scene) -> list[Plane]:
    """The planes of a shot, far to near; the first is opaque."""
    planes = [*paint_sky(scene), *PAINTERS[scene.setting.place](scene)]
    if scene.setting.weather is Weather.FOG and not scene.setting.is_indoor:
        planes = _fogged(scene, planes)
    _defocus(scene, planes)
    return planes


def _fogged(scene: Scene, planes: list[Plane]) -> list[Plane]:
    """Banks of fog between the planes, thicker further away."""
    banks = [
        paint_mist(scene, depth, scene.ground_y(depth * 0.5), 0.2, 0.85 - 0.4 * depth)
        for depth in (0.15, 0.5, 0.9)
    ]
    shown = [planes[0]]
    for plane in planes[1:]:
        while banks and not plane.is_floor and plane.depth > banks[0].depth:
            shown.append(banks.pop(0))
        shown.append(plane)
    return [*shown, *banks]


def _defocus(scene: Scene, planes: list[Plane]) -> None:
    """Throw what lies behind the characters out of focus in closer shots."""
    strength = SOFTNESS[scene.view.framing]
    if strength == 0.0 or not scene.has("blur"):
        return
    for plane in planes:
        if plane.depth > 1.2 or plane.depth < 0.04:
            continue
        plane.board.soften(strength * (0.6 if plane.is_floor else 1.2 - plane.depth))

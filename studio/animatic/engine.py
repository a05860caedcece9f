"""Animatics: a timed storyboard drawn as video frames, from a prompt, the shots and the characters."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from math import exp

import cv2
import numpy as np

from studio.animatic.actors import Actor, Player, cast_player, marks_for
from studio.animatic.camera import Aim, aim_at, placement, reach_of
from studio.animatic.caption import Caption, make_caption
from studio.animatic.compositor import Cel, backdrop, show
from studio.animatic.palette import light_of
from studio.animatic.particles import Swarm, gather
from studio.animatic.raster import Picture, smoothstep, stream
from studio.animatic.scene import Plane, Scene, Viewpoint
from studio.animatic.scenery import paint_scenery
from studio.animatic.setting import read_setting
from studio.errors import InvalidError
from studio.storyboard import EventKind, Framing, Shot, Storyboard

__all__ = ["Actor", "AnimaticRequest", "Picture", "actor_regions", "render_frames"]

LIFT = 0.045
LIFT_FADE_S = 0.22
HORIZONS = {Framing.WIDE: 0.63, Framing.MEDIUM: 0.55, Framing.CLOSE: 0.5}
SCALES = {Framing.WIDE: 1.0, Framing.MEDIUM: 1.45, Framing.CLOSE: 2.0}
SIDES_PX = (16, 8192)


@dataclass(frozen=True, slots=True)
class AnimaticRequest:
    """Everything that decides an animatic's pixels.

    The characters named by a shot are taken from `actors`, else from the storyboard's
    cast; one that neither knows is drawn from its name alone. `caption` False draws no bar.
    """

    prompt: str
    negative: str
    seed: int
    width_px: int
    height_px: int
    storyboard: Storyboard
    actors: tuple[Actor, ...] = ()
    caption: bool = True

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height."""
        return self.width_px, self.height_px


@dataclass(frozen=True, slots=True)
class Take:
    """One shot, painted and ready to be filmed."""

    shot: Shot
    scene: Scene
    planes: tuple[tuple[Plane, Cel], ...]
    players: tuple[Player, ...]
    swarms: tuple[Swarm, ...]
    lens: Picture
    caption: Caption | None


def render_frames(request: AnimaticRequest) -> Iterator[Picture]:
    """Draw an animatic, frame after frame.

    Args:
        request: What to draw; its shots are contiguous, start at frame 0 and cover the clip.

    Yields:
        Exactly `storyboard.frames` RGB pictures, shape (height_px, width_px, 3), uint8. Equal
        requests give equal pictures, bit for bit.

    Raises:
        InvalidError: The size is outside 16..8192 pixels, or the shots do not cover the clip.
    """
    _check(request)
    for index in range(len(request.storyboard.shots)):
        take = _paint(request, index)
        for frame in range(take.shot.frames):
            yield _film(request, take, frame)


def actor_regions(request: AnimaticRequest, frame: int) -> dict[str, tuple[int, int, int, int]]:
    """Where each character is in a frame.

    Args:
        request: The animatic.
        frame: Frame number, 0 <= frame < storyboard.frames.

    Returns:
        For each character in sight its pixels (x0, y0, x1, y1), end exclusive, shadow
        included; outside of them the frame is the same without the character.

    Raises:
        InvalidError: The clip has no such frame.
    """
    for index, shot in enumerate(request.storyboard.shots):
        if shot.start_frame <= frame < shot.end_frame_exclusive:
            scene, at = _scene(request, index), frame - shot.start_frame
            aim, time_s = aim_at(shot, at, request.storyboard.fps, scene.aspect), _on_twos(request, at)
            found = {
                p.name: p.region_at(aim, scene, time_s, request.size_px)
                for p in _players(request, scene, shot)
            }
            return {name: region for name, region in found.items() if region is not None}
    raise InvalidError(
        "The clip has no such frame.", field="frame", value=frame, expected="a frame of the clip"
    )


def _check(request: AnimaticRequest) -> None:
    low, high = SIDES_PX
    if not (low <= min(request.size_px) and max(request.size_px) <= high):
        raise InvalidError(
            "The size cannot be drawn.", field="width_px", value=request.size_px, expected=f"{low}..{high}"
        )
    at = 0
    for shot in request.storyboard.shots:
        if shot.start_frame != at or shot.frames < 1:
            raise InvalidError(
                "The shots are not contiguous.", field="shots", value=shot.start_frame, expected=at
            )
        at = shot.end_frame_exclusive
    if at != request.storyboard.frames:
        raise InvalidError(
            "The shots do not cover the clip.", field="frames", value=at, expected=request.storyboard.frames
        )


def _scene(request: AnimaticRequest, index: int) -> Scene:
    """The scene of a shot: one world for the clip, another viewpoint for each shot."""
    shot, fps = request.storyboard.shots[index], request.storyboard.fps
    setting = read_setting(request.prompt, request.negative, names=_names(request))
    aspect = request.width_px / request.height_px
    keys = (" ".join(request.prompt.lower().split()), request.seed)
    first = int(stream(*keys, "side").integers(2))
    rise = float(stream(*keys, "rise", index).uniform(-0.035, 0.035))
    view = Viewpoint(
        index=index,
        framing=shot.framing,
        horizon=HORIZONS[shot.framing] + rise,
        scale=SCALES[shot.framing],
        side=1 if (first + index) % 2 else -1,
        reach=reach_of(shot, fps, aspect),
    )
    seconds = float(shot.frames / fps)
    return Scene(setting, light_of(setting), view, keys, float(request.height_px), aspect, seconds)


def _names(request: AnimaticRequest) -> list[str]:
    """Every name that a character of the clip goes by, longest first."""
    board = request.storyboard
    names = {a.name for a in request.actors} | {c.name for c in board.cast}
    names.update(name for shot in board.shots for name in shot.characters)
    return sorted((name for name in names if name), key=lambda name: (-len(name), name))


def _paint(request: AnimaticRequest, index: int) -> Take:
    board = request.storyboard
    shot, scene = board.shots[index], _scene(request, index)
    planes = tuple((plane, Cel.of(plane.board.sheet)) for plane in paint_scenery(scene))
    bar = (
        make_caption(request.size_px, request.prompt, shot, index + 1, board.fps) if request.caption else None
    )
    return Take(
        shot, scene, planes, _players(request, scene, shot), tuple(gather(scene)), _lens(request, scene), bar
    )


def _players(request: AnimaticRequest, scene: Scene, shot: Shot) -> tuple[Player, ...]:
    known = {member.name: Actor(member.name, member.description) for member in request.storyboard.cast}
    known |= {actor.name: actor for actor in request.actors}
    names = dict.fromkeys(shot.characters)
    actors = [known.get(name, Actor(name, "")) for name in names]
    return tuple(map(partial(cast_player, scene), actors, marks_for(scene, len(actors))))


def _film(request: AnimaticRequest, take: Take, frame: int) -> Picture:
    """One frame of a take, counted from the shot's first."""
    fps, scene, number = request.storyboard.fps, take.scene, take.shot.start_frame + frame
    aim, time_s = aim_at(take.shot, frame, fps, scene.aspect), float(frame / fps)
    picture = np.empty((request.height_px, request.width_px, 3), np.uint8)
    plane, cel = take.planes[0]
    backdrop(picture, cel, placement(plane, aim, scene.view, scene.aspect, time_s))
    _lay_planes(picture, take, aim, time_s, _on_twos(request, frame))
    for swarm in take.swarms:
        swarm.show(picture, aim, time_s)
    cv2.multiply(picture, take.lens, dst=picture, scale=1 / 255)
    _lift(request, picture, number)
    if take.caption is not None:
        take.caption.show(picture, number)
    return picture


def _lay_planes(picture: Picture, take: Take, aim: Aim, time_s: float, drawn_s: float) -> None:
    """Lay down what is behind the characters, the characters, and what is nearer than they are."""
    scene = take.scene
    far = [pair for pair in take.planes[1:] if not pair[0].is_foreground]
    near = [pair for pair in take.planes[1:] if pair[0].is_foreground]
    for plane, cel in far:
        show(picture, cel, placement(plane, aim, scene.view, scene.aspect, time_s))
    for player in take.players:
        show(picture, player.cel_at(drawn_s), player.place_at(aim, scene, drawn_s))
    for plane, cel in near:
        show(picture, cel, placement(plane, aim, scene.view, scene.aspect, time_s))


def _on_twos(request: AnimaticRequest, frame: int) -> float:
    """The time that drawn life shows at a frame: a new drawing about twelve times a second."""
    fps = request.storyboard.fps
    hold = max(1, round(fps / 12))
    return float(frame // hold * hold / fps)


def _lens(request: AnimaticRequest, scene: Scene) -> Picture:
    """The light that the lens lets through, 0..255, darker towards the corners, shape of a frame."""
    x = np.linspace(-1, 1, request.width_px, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, request.height_px, dtype=np.float32)[:, None]
    strength = 0.0 if not scene.has("vignette") else 0.42 if scene.setting.cinematic else 0.2
    fall = 1.0 - np.float32(strength) * smoothstep(0.55, 1.5, np.hypot(x * 0.95, y * 0.9))
    return cv2.merge([(fall * 255 + 0.5).astype(np.uint8)] * 3).astype(np.uint8)


def _lift(request: AnimaticRequest, picture: Picture, frame: int) -> None:
    """Brighten the picture softly after an accent, by a twentieth at most."""
    now = float(frame / request.storyboard.fps)
    accents = (e.time_s for e in request.storyboard.events if e.kind is EventKind.ACCENT)
    glow = max((exp(-(now - t) / LIFT_FADE_S) for t in accents if now >= t - 1e-6), default=0.0)
    if glow > 0.02:
        cv2.convertScaleAbs(picture, dst=picture, alpha=1.0 + LIFT * glow)

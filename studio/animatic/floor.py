"""Ground and water: surfaces that recede to the horizon in perspective."""

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from studio.animatic.board import Board
from studio.animatic.colour import WHITE, Colour
from studio.animatic.raster import Floats, channels, fractal_noise, smoothstep
from studio.animatic.scene import Plane, Scene

TEXTURE_PX = 512


@dataclass(frozen=True, slots=True)
class Floor:
    """A floor being painted: its board, and for each pixel where on the ground it lies.

    `x` and `z` are ground coordinates in picture heights at depth 1 (z is 1 at the
    picture's lower edge and grows towards the horizon), `depth` is 1 / z; above the
    horizon `below` is 0.
    """

    scene: Scene
    board: Board
    x: Floats
    z: Floats
    depth: Floats
    below: Floats

    @classmethod
    def of(cls, scene: Scene) -> "Floor":
        """An empty floor for a scene."""
        board = scene.board(1.25)
        x, y = board.grid()
        depth = (y - np.float32(scene.view.horizon)) / np.float32(1.0 - scene.view.horizon)
        near = np.maximum(depth, np.float32(0.012))
        below = np.clip(
            depth * np.float32(scene.unit_px * (1.0 - scene.view.horizon)) + np.float32(0.5), 0.0, 1.0
        )
        z = (1.0 / near).astype(np.float32)
        return cls(scene, board, (x - np.float32(scene.aspect / 2)) * z, z, near, below)

    def texture(self, cell: float, *keys: object, stretch: float = 1.0) -> Floats:
        """Noise lying on the ground, its blobs `cell` heights wide at depth 1, `stretch` times as long."""
        tile = fractal_noise((TEXTURE_PX, TEXTURE_PX), (64, 64), self.scene.rng("floor", *keys), octaves=4)
        per = np.float32(64.0 / cell / self.scene.view.scale)
        u = np.mod(self.x * per, 2 * TEXTURE_PX)
        v = np.mod(np.broadcast_to(self.z * per / np.float32(stretch), u.shape), 2 * TEXTURE_PX)
        u = np.where(u > TEXTURE_PX - 1, 2 * TEXTURE_PX - 1 - u, u).astype(np.float32)
        v = np.where(v > TEXTURE_PX - 1, 2 * TEXTURE_PX - 1 - v, v).astype(np.float32)
        found = cv2.remap(tile, u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
        sharp = smoothstep(0.02, 0.3, self.depth)
        return cast("Floats", np.float32(0.5) + (found - np.float32(0.5)) * sharp)

    def fill(self, lit: Colour, dark: Colour, blend: Floats) -> None:
        """Cover the floor with two colours of a surface, mixed by `blend` (0..1), faded with distance."""
        light = self.scene.light
        near, far = channels(light.lit(lit)), channels(light.shaded(dark))
        rgb = far + (near - far) * np.broadcast_to(blend, self.x.shape)[..., None]
        fade = np.float32(light.air) * (1.0 - np.minimum(self.depth, 1.0)) ** np.float32(3.0)
        rgb = rgb + (channels(light.haze) - rgb) * fade[..., None]
        self.board.lay(self.below, rgb.astype(np.float32))

    def stripe(self, centre: Floats | float, half_width: float) -> Floats:
        """Coverage of a band that runs away from the eye, its middle at ground x `centre`."""
        soft = self.z / np.float32(self.scene.unit_px)
        return smoothstep(
            1.0, -1.0, (np.abs(self.x - centre) - np.float32(half_width)) / np.maximum(soft, 1e-4)
        )

    def rung(self, z0: float, z1: float) -> Floats:
        """Coverage of a band across the view between distances `z0` and `z1`."""
        soft = self.z**2 / np.float32(self.scene.unit_px * (1.0 - self.scene.view.horizon))
        return smoothstep(-0.5, 0.5, (self.z - np.float32(z0)) / soft) * smoothstep(
            0.5, -0.5, (self.z - np.float32(z1)) / soft
        )

    def winding(self, swing: float) -> Floats:
        """The middle of a path that winds away from the eye: ground x for each row."""
        turn = self.scene.rng("path").uniform(0, 2 * np.pi)
        z = np.minimum(self.z, 14.0)
        bend = np.sin(z * np.float32(0.55) + np.float32(turn)) * np.float32(swing)
        return np.asarray(bend * (0.4 + z * 0.18), np.float32)

    def plane(self) -> Plane:
        """The finished floor."""
        return Plane(self.board, 1.0, is_floor=True)


def paint_ground(scene: Scene, lit: Colour, dark: Colour, *, path: Colour | None = None) -> Plane:
    """Open ground with patches of light, and a winding path when `path` gives its colour."""
    floor = Floor.of(scene)
    broad, fine = floor.texture(1.5, "broad", stretch=2.6), floor.texture(0.1, "fine")
    blend = np.clip(0.3 + smoothstep(0.36, 0.62, broad) * 0.7 + (fine - 0.5) * 0.35, 0.0, 1.0)
    floor.fill(lit, lit.mix(dark, 0.75), blend)
    if path is not None:
        _lay_path(floor, path, dark)
    return floor.plane()


def _lay_path(floor: Floor, colour: Colour, verge: Colour) -> None:
    """A winding path with worn edges and two faint ruts."""
    light, middle = floor.scene.light, floor.winding(0.22)
    worn = (floor.texture(0.3, "worn") - np.float32(0.5)) * np.float32(0.14)
    out = np.abs(floor.x - middle) + worn
    soft = np.maximum(floor.z / np.float32(floor.scene.unit_px), np.float32(0.012))
    seen = floor.below * smoothstep(0.03, 0.14, floor.depth)
    cover = smoothstep(1.0, -1.0, (out - np.float32(0.34)) / soft) * seen
    floor.board.tint(smoothstep(0.43, 0.33, out) * seen * np.float32(0.5), light.shaded(verge, 0.9))
    floor.board.tint(cover, light.lit(colour, 0.9).mix(light.between(colour, 0.9), 0.35))
    ruts = smoothstep(0.07, 0.02, np.abs(out - np.float32(0.17)))
    floor.board.tint(cover * ruts * np.float32(0.4), light.between(colour, 0.9).scaled(0.93))


def paint_water(scene: Scene, deep: Colour, *, shine: Colour, calm: bool = False) -> Floor:
    """Water to the horizon: it takes the sky's colours, with glints towards the sun."""
    floor = Floor.of(scene)
    light = scene.light
    waves = floor.texture(0.5, "waves", stretch=0.16)
    swell = floor.texture(0.22, "swell", stretch=0.22)
    near = light.lit(deep).mix(light.sky, 0.25)
    sky = light.sky.mix(light.horizon, 0.55)
    steep = np.clip(floor.depth, 0.0, 1.0) ** np.float32(0.45)
    rgb = channels(sky) + (channels(near) - channels(sky)) * steep[..., None]
    ripple = (waves - np.float32(0.5)) * np.float32(0.3 if calm else 0.55) * steep
    floor.board.lay(floor.below, np.asarray(np.clip(rgb * (1.0 + ripple[..., None]), 0.0, 1.0), np.float32))
    glint = smoothstep(0.6, 0.72, swell * np.float32(0.6) + waves * np.float32(0.4))
    x, _ = floor.board.grid()
    sun_x = scene.sun_at[0]
    column = np.exp(-(((x - np.float32(sun_x)) / (0.1 + 0.3 * floor.depth)) ** 2)).astype(np.float32)
    floor.board.lay(floor.below * np.clip(column * (0.25 + glint), 0.0, 0.95), shine)
    floor.board.lay(
        floor.below * glint * np.float32(0.22), light.horizon.mix(WHITE, 0.3 if not scene.is_night else 0.0)
    )
    return floor

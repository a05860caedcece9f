"""What falls and floats: rain, snow, petals, leaves, fireflies, embers and dust, frame by frame."""

from dataclasses import dataclass

import cv2
import numpy as np

from studio.animatic.camera import Aim
from studio.animatic.colour import WHITE, Colour
from studio.animatic.raster import Curve, Picture, channels
from studio.animatic.scene import Scene
from studio.animatic.setting import Drift, Place, Weather

COUNTS = {
    "rain": 170,
    "storm": 260,
    "snow": 130,
    "petals": 46,
    "leaves": 30,
    "fireflies": 38,
    "embers": 44,
    "dust": 60,
}
FLOW = {
    "snow": (0.05, 0.16), "petals": (0.14, 0.15), "leaves": (0.12, 0.19), "fireflies": (0.012, -0.012),
    "embers": (0.04, -0.22), "dust": (0.34, 0.01), "rain": (-0.16, 1.75), "storm": (-0.6, 2.1),
}  # fmt: skip
FINE_BITS = 4


@dataclass(frozen=True, slots=True)
class Swarm:
    """One kind of particle: for each its x, y, nearness (0..1), turn and size, shape (n, 5)."""

    kind: str
    each: Curve
    scene: Scene

    def show(self, frame: Picture, aim: Aim, time_s: float) -> None:
        """Draw the swarm onto an RGB frame, in place."""
        painters = {
            "rain": _rain,
            "storm": _rain,
            "snow": _snow,
            "fireflies": _lights,
            "embers": _lights,
            "dust": _snow,
        }
        painters.get(self.kind, _flakes)(frame, self, self.spots(aim, time_s), time_s)

    def spots(self, aim: Aim, time_s: float) -> Curve:
        """Where each particle is, picture heights, shape (n, 2); what leaves one edge enters at the other."""
        vx, vy = FLOW[self.kind]
        near = self.each[:, 2]
        pace = 0.55 + 0.75 * near
        turn = self.each[:, 3] * 2 * np.pi
        swing = 0.0 if self.kind in ("rain", "storm") else 0.022
        x = (
            self.each[:, 0]
            + (vx * time_s) * pace * self.scene.view.side
            + swing * np.sin(turn + time_s * 1.7)
        )
        y = self.each[:, 1] + vy * time_s * pace + swing * 0.6 * np.cos(turn * 3 + time_s * 1.3)
        depth = 0.3 + 0.9 * near
        x, y = x - aim.x * depth, y - aim.y * depth
        return np.column_stack([np.mod(x, self.scene.aspect + 0.2) - 0.1, np.mod(y, 1.2) - 0.1])


def gather(scene: Scene) -> list[Swarm]:
    """The swarms of a shot; none falls indoors or in space."""
    kinds: list[str] = []
    if scene.setting.weather in (Weather.RAIN, Weather.STORM, Weather.SNOW):
        kinds.append(scene.setting.weather.value)
    kinds += [drift.value for drift in scene.setting.drifts]
    if scene.setting.place is Place.MYSTIC and Drift.FIREFLIES not in scene.setting.drifts and not kinds:
        kinds.append("fireflies")
    if scene.setting.is_indoor:
        kinds = ["dust"] if scene.setting.cinematic else []
    return [_swarm(scene, kind) for kind in kinds]


def _swarm(scene: Scene, kind: str) -> Swarm:
    rng = scene.rng("swarm", kind)
    count = round(COUNTS[kind] * scene.aspect / 1.73)
    each = rng.random((count, 5))
    each[:, 0] *= scene.aspect + 0.2
    each[:, 1] *= 1.2
    each[:, 2] = each[:, 2] ** 1.8
    return Swarm(kind, each[np.argsort(each[:, 2])], scene)


def _fixed(scene: Scene, points: Curve) -> Picture:
    dots: Picture = np.round((points * scene.unit_px - 0.5) * 2**FINE_BITS).astype(np.int32)
    return dots


def _rain(frame: Picture, swarm: Swarm, spots: Curve, time_s: float) -> None:
    scene = swarm.scene
    vx, vy = FLOW[swarm.kind]
    lean = vx / vy * scene.view.side
    near = swarm.each[:, 2]
    long = 0.028 + 0.075 * near
    tips = _fixed(scene, spots + np.column_stack([lean * long, long]))
    roots = _fixed(scene, spots)
    veil = np.zeros(frame.shape[:2], np.uint8)
    for root, tip, close in zip(roots.tolist(), tips.tolist(), near.tolist(), strict=True):
        thick = 2 if close > 0.75 and scene.unit_px > 400 else 1
        cv2.line(veil, root, tip, (24.0 + 40.0 * close,), thick, cv2.LINE_AA, FINE_BITS)
    tint = scene.light.horizon.mix(WHITE, 0.35)
    strength = 0.75 if scene.is_night else 1.0
    cv2.add(frame, cv2.merge([cv2.convertScaleAbs(veil, alpha=c * strength) for c in tint]), dst=frame)


def _snow(frame: Picture, swarm: Swarm, spots: Curve, time_s: float) -> None:
    scene = swarm.scene
    is_dust = swarm.kind == "dust"
    colour = scene.light.lit(Colour.of("e8d8b8") if is_dust else WHITE).mix(WHITE, 0.2 if is_dust else 0.5)
    veil = np.zeros(frame.shape[:2], np.uint8)
    size = 0.0011 if is_dust else 0.0024
    radii = np.maximum(9, (size * (0.6 + 2.6 * swarm.each[:, 2] ** 2) * scene.unit_px * 2**FINE_BITS)).astype(
        int
    )
    for dot, radius, close in zip(
        _fixed(scene, spots).tolist(), radii.tolist(), swarm.each[:, 2].tolist(), strict=True
    ):
        cv2.circle(veil, dot, radius, (110.0 + 120.0 * close,), -1, cv2.LINE_AA, FINE_BITS)
    _veiled(frame, veil, colour)


def _veiled(frame: Picture, veil: Picture, colour: Colour) -> None:
    cover = cv2.merge([veil] * 3)
    kept = cv2.multiply(frame, cv2.bitwise_not(cover), scale=1 / 255)
    cv2.add(kept, cv2.merge([cv2.convertScaleAbs(veil, alpha=c) for c in colour]), dst=frame)


def _flakes(frame: Picture, swarm: Swarm, spots: Curve, time_s: float) -> None:
    """Petals and leaves: small tumbling lozenges."""
    scene = swarm.scene
    base = Colour.of("f9c4d4") if swarm.kind == "petals" else Colour.of("d97a35")
    tints = [scene.light.lit(base), scene.light.lit(base.mix(WHITE, 0.4)), scene.light.between(base)]
    for i, (spot, row) in enumerate(zip(spots, swarm.each, strict=True)):
        size = (0.006 + 0.011 * row[2]) * (0.8 + 0.4 * row[4])
        turn = 2 * np.pi * (row[3] + time_s * (0.25 + 0.3 * row[4]))
        fold = 0.35 + 0.65 * abs(np.sin(turn * 1.3 + i))
        across = np.array([-np.sin(turn), np.cos(turn)]) * size * 0.45 * fold
        along = np.array([np.cos(turn), np.sin(turn)]) * size
        outline = [
            spot - along,
            spot + across - along * 0.1,
            spot + along * 0.85,
            spot - across - along * 0.1,
        ]
        ink = tints[i % 3].ink()[:3]
        cv2.fillConvexPoly(frame, _fixed(scene, np.array(outline)), ink, cv2.LINE_AA, FINE_BITS)


def _lights(frame: Picture, swarm: Swarm, spots: Curve, time_s: float) -> None:
    """Fireflies and embers: soft lights that swell and fade."""
    scene = swarm.scene
    is_ember = swarm.kind == "embers"
    tints = [Colour.of(c) for c in (("ff9a4a", "ffc46a") if is_ember else ("d8ffb0", "aef6e6", "fff0b4"))]
    for i, (spot, row) in enumerate(zip(spots, swarm.each, strict=True)):
        pulse = 0.55 + 0.45 * np.sin(2 * np.pi * (time_s * (0.22 + 0.2 * row[4]) + row[3]))
        radius = (0.009 + 0.021 * row[2]) * scene.unit_px * (0.6 if is_ember else 1.0)
        _spark(
            frame,
            (spot[0] * scene.unit_px, spot[1] * scene.unit_px),
            max(2.0, radius),
            tints[i % len(tints)],
            0.15 + 0.75 * pulse,
        )


def _spark(frame: Picture, at: tuple[float, float], radius: float, colour: Colour, strength: float) -> None:
    x0, x1 = max(int(at[0] - 2 * radius), 0), min(int(at[0] + 2 * radius) + 2, frame.shape[1])
    y0, y1 = max(int(at[1] - 2 * radius), 0), min(int(at[1] + 2 * radius) + 2, frame.shape[0])
    if x0 >= x1 or y0 >= y1:
        return
    dx = (np.arange(x0, x1, dtype=np.float32) + np.float32(0.5 - at[0])) / np.float32(radius)
    dy = (np.arange(y0, y1, dtype=np.float32) + np.float32(0.5 - at[1])) / np.float32(radius)
    soft = np.outer(np.exp(-(dy**2) * 2.2), np.exp(-(dx**2) * 2.2)) * 0.5
    core = np.outer(np.exp(-(dy**2) * 16), np.exp(-(dx**2) * 16))
    light = np.minimum(soft + core, 1.0)[..., None] * channels(colour) * np.float32(255 * strength)
    frame[y0:y1, x0:x1] = cv2.add(np.ascontiguousarray(frame[y0:y1, x0:x1]), light.astype(np.uint8))

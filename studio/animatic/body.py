"""Bodies: where the joints are in each pose, and bare limbs, in head lengths."""

from dataclasses import dataclass

import numpy as np

from studio.animatic.colour import WHITE, Colour
from studio.animatic.looks import Look
from studio.animatic.raster import Curve
from studio.animatic.setting import Pose
from studio.animatic.sketch import Sketch, limb_outline, spline

Joint = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Skeleton:
    """Joints of a figure that faces us: pairs are (its right, on our left; its left, on our right)."""

    shoulders: tuple[Joint, Joint]
    elbows: tuple[Joint, Joint]
    wrists: tuple[Joint, Joint]
    hips: tuple[Joint, Joint]
    knees: tuple[Joint, Joint]
    ankles: tuple[Joint, Joint]
    waist_y: float
    hip_y: float
    ground_y: float


def skeleton_of(look: Look, pose: Pose, *, stride: float, facing: int) -> Skeleton:
    """The joints of a pose; `stride` (-1..1) is where a walk or run is in its cycle."""
    heads, half = look.heads, 0.76 * look.breadth
    ys = {"elbow": 0.375 * heads, "wrist": 0.485 * heads, "knee": 0.735 * heads, "ankle": 0.945 * heads}
    hip_y = 0.505 * heads
    arms = _arms(pose, half, ys, stride, facing)
    legs = _legs(pose, ys, hip_y, stride, facing)
    return Skeleton(
        shoulders=((-half + 0.13, 1.55), (half - 0.13, 1.55)),
        elbows=arms[0],
        wrists=arms[1],
        hips=((-0.21, hip_y), (0.21, hip_y)),
        knees=legs[0],
        ankles=legs[1],
        waist_y=0.395 * heads,
        hip_y=hip_y,
        ground_y=max(legs[1][0][1], legs[1][1][1]) + 0.2,
    )


def _mirrored(right: Joint, left: Joint, facing: int) -> tuple[Joint, Joint]:
    """Swap and mirror a pair drawn for a figure that faces right when it faces left."""
    return (right, left) if facing > 0 else ((-left[0], left[1]), (-right[0], right[1]))


def _arms(
    pose: Pose, half: float, ys: dict[str, float], stride: float, facing: int
) -> tuple[tuple[Joint, Joint], tuple[Joint, Joint]]:
    elbow, wrist = ys["elbow"], ys["wrist"]
    if pose is Pose.FIGHTING:
        return (
            _mirrored((-half - 0.42, 2.1), (half + 0.5, 1.75), facing),
            _mirrored((-half - 0.2, 2.75), (half + 0.95, 1.25), facing),
        )
    if pose is Pose.RUNNING:
        swing = 0.3 * stride
        return (
            _mirrored(
                (-half - 0.28, elbow - 0.1 + swing * 0.4), (half + 0.26, elbow - 0.1 - swing * 0.4), facing
            ),
            _mirrored((-half + 0.25, elbow - 0.2 + swing), (half + 0.2, elbow - 0.45 - swing), facing),
        )
    if pose is Pose.SITTING:
        return ((-half - 0.12, elbow), (half + 0.12, elbow)), ((-0.42, wrist + 0.05), (0.42, wrist + 0.05))
    swing = 0.26 * stride if pose is Pose.WALKING else 0.0
    bend = 0.0 if pose is Pose.WALKING else 1.0
    return (
        _mirrored((-half - 0.08, elbow), (half + 0.1 + 0.08 * bend, elbow), facing),
        _mirrored(
            (-half - 0.08 + swing, wrist), (half + 0.02 - 0.02 * bend + swing, wrist - 0.1 * bend), facing
        ),
    )


def _legs(
    pose: Pose, ys: dict[str, float], hip_y: float, stride: float, facing: int
) -> tuple[tuple[Joint, Joint], tuple[Joint, Joint]]:
    knee, ankle = ys["knee"], ys["ankle"]
    if pose is Pose.FIGHTING:
        return (
            _mirrored((-0.62, knee - 0.1), (0.66, knee - 0.16), facing),
            _mirrored((-1.0, ankle), (0.74, ankle), facing),
        )
    if pose is Pose.SITTING:
        low = hip_y + 0.32
        return ((-0.42, low), (0.42, low)), ((-0.36, low + 1.25), (0.38, low + 1.25))
    if pose in (Pose.WALKING, Pose.RUNNING):
        reach = (0.42 if pose is Pose.WALKING else 0.72) * stride
        lift = 0.14 if pose is Pose.WALKING else 0.42
        return (
            _mirrored(
                (-0.18 + reach * 0.75, knee - max(0, stride) * lift * 0.6), (0.18 - reach * 0.6, knee), facing
            ),
            _mirrored(
                (-0.18 + reach, ankle - max(0, -stride) * lift),
                (0.18 - reach, ankle - max(0, stride) * lift),
                facing,
            ),
        )
    return (
        _mirrored((-0.21, knee), (0.29, knee), facing),
        _mirrored((-0.22, ankle), (0.37, ankle - 0.03), facing),
    )


def draw_legs(sketch: Sketch, look: Look, bones: Skeleton, colour: Colour, *, loose: float = 1.0) -> None:
    """Both legs in one colour, bare or clothed."""
    thick = (0.25 if look.is_feminine else 0.26) * look.breadth**0.5 * loose
    for hip, knee, ankle in zip(bones.hips, bones.knees, bones.ankles, strict=True):
        outline = limb_outline([hip, knee, ankle], [thick, thick * 0.7, thick * 0.66, thick * 0.42 * loose])
        sketch.shape(outline, colour, shade=0.1)


def draw_shoes(sketch: Sketch, look: Look, bones: Skeleton, *, tall: float) -> None:
    """Shoes, or boots that reach `tall` heads above the ankle."""
    for side, (knee, ankle) in zip((-1, 1), zip(bones.knees, bones.ankles, strict=True), strict=True):
        x, y = ankle
        if tall > 0:
            t = tall / max(0.3, y - knee[1])
            top = (x + (knee[0] - x) * t, y - tall)
            sketch.shape(limb_outline([top, ankle], [0.19, 0.16, 0.14]), look.shoes, shade=0.07)
        sole = spline([(x - 0.13, y - 0.06), (x + 0.13, y - 0.06), (x + 0.15 + side * 0.06, y + 0.14),
                       (x + side * 0.12, y + 0.21), (x - 0.15 + side * 0.06, y + 0.15)])  # fmt: skip
        sketch.shape(sole, look.shoes, shade=0.05)


def draw_arm(
    sketch: Sketch,
    look: Look,
    joints: tuple[Joint, Joint, Joint],
    colour: Colour,
    *,
    loose: float,
    bare_from: float = 1.0,
) -> None:
    """One arm, shoulder to hand; the sleeve ends at `bare_from` (0 shoulder, 1 wrist)."""
    shoulder, elbow, wrist = joints
    thick = (0.14 if look.is_feminine else 0.17) * look.breadth**0.5
    down = np.subtract(wrist, elbow)
    down = down / max(1e-6, float(np.linalg.norm(down)))
    _hand(sketch, look, wrist, (float(down[0]), float(down[1])))
    if bare_from < 1.0:
        bare = limb_outline([shoulder, elbow, wrist], [thick, thick * 0.78, thick * 0.58])
        sketch.shape(bare, look.skin, shade=0.06, seam=(9, 16))
        t = bare_from * 2
        end = (shoulder[0] + (elbow[0] - shoulder[0]) * t, shoulder[1] + (elbow[1] - shoulder[1]) * t)
        _sleeve(sketch, limb_outline([shoulder, end], [thick * 1.2, thick * 1.3]), colour, inner=4)
        return
    cuff = thick * 0.78 * loose
    sleeve = limb_outline([shoulder, elbow, wrist], [thick * 1.15, thick * 1.0, cuff])
    _sleeve(sketch, sleeve, colour, inner=6)
    _cuff(sketch, wrist, (float(down[0]), float(down[1])), cuff, colour)


def _sleeve(sketch: Sketch, outline: Curve, colour: Colour, *, inner: int) -> None:
    """A sleeve, inked over the shoulder and its outer side, open to the body for `inner` points."""
    if float(outline[0, 0]) < 0:
        sketch.shape(np.roll(outline, 5, axis=0), colour, shade=0.08, seam=(0, 2 + inner))
    else:
        sketch.shape(outline, colour, shade=0.08, seam=(inner, 2))


def _cuff(sketch: Sketch, wrist: Joint, down: Joint, wide: float, colour: Colour) -> None:
    """The turned-up end of a sleeve."""
    (x, y), (dx, dy) = wrist, down
    low, high = 0.05, -0.13
    corners = [(low, 1.06), (low, -1.06), (high, -1.0), (high, 1.0)]
    sketch.shape(
        [(x + dx * t - dy * w * wide, y + dy * t + dx * w * wide) for t, w in corners],
        colour.mix(WHITE, 0.12),
        shade=0.04,
    )


def _hand(sketch: Sketch, look: Look, wrist: Joint, down: Joint) -> None:
    x, y = wrist
    ax, ay = -down[1], down[0]

    def at(along: float, across: float) -> Joint:
        return (x + down[0] * along + ax * across, y + down[1] * along + ay * across)

    palm = spline(
        [
            at(-0.04, -0.08),
            at(0.12, -0.12),
            at(0.3, -0.085),
            at(0.38, 0.0),
            at(0.3, 0.085),
            at(0.1, 0.11),
            at(-0.04, 0.08),
        ]
    )
    sketch.shape(palm, look.skin, shade=0.045)
    for across in (-0.03, 0.03):
        sketch.stroke([at(0.19, across), at(0.29, across * 0.7)], INK_FINGER.mix(look.skin, 0.35), 0.009)


INK_FINGER = Colour.of("7a4438")

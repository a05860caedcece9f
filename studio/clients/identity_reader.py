"""What an interpreter that has `dghs-imgutils` runs: a line of JSON in, a line of JSON out.

It knows nothing of Tower, as Tower knows nothing of what that package needs. In: `references`, paths of
pictures by name, and `frames`, paths. Out: `crops`, one for each head that was found, with its `name` (of a
reference) or `frame`, and its `feature`; `differences`, a matrix over all crops; or `error`.
"""

import contextlib
import json
import sys
from typing import Any

MARGIN = 0.5


def read(asked: Any) -> Any:
    """Features of all heads, and how different they are from one another."""
    from imgutils.metrics import ccip_batch_differences, ccip_batch_extract_features

    found: list[dict[str, Any]] = []
    pictures = []
    for name, paths in asked["references"].items():
        for path in paths:
            for crop in heads(path)[:1]:
                found.append({"name": name})
                pictures.append(crop)
    for number, path in enumerate(asked["frames"]):
        for crop in heads(path):
            found.append({"frame": number})
            pictures.append(crop)
    if not pictures:
        return {"crops": [], "differences": []}
    features = ccip_batch_extract_features(pictures)
    for crop, feature in zip(found, features, strict=True):
        crop["feature"] = [float(value) for value in feature]
    differences = ccip_batch_differences(list(features))
    return {"crops": found, "differences": [[float(value) for value in row] for row in differences]}


def heads(path: str) -> Any:
    """The heads in a picture with what is about them, the surest first."""
    from imgutils.detect import detect_heads
    from PIL import Image

    picture = Image.open(path).convert("RGB")
    boxes = sorted(detect_heads(picture), key=lambda box: -box[2])
    return [picture.crop(widened(box, picture.size)) for box, _, _ in boxes]


def widened(box: Any, size: Any) -> Any:
    """A box with half its size more on each side, as CCIP knows characters and not faces."""
    left, top, right, bottom = box
    x, y = MARGIN * (right - left), MARGIN * (bottom - top)
    return max(0, left - x), max(0, top - y), min(size[0], right + x), min(size[1], bottom + y)


def main() -> None:
    """Answer one line; what libraries print goes to the log."""
    asked = json.loads(sys.stdin.readline())
    with contextlib.redirect_stdout(sys.stderr):
        try:
            answer = read(asked)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told to the caller
            answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer))  # noqa: T201


if __name__ == "__main__":
    main()

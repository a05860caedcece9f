"""What all frames of an episode have in common: size, colours, headers, and the encoder's set-up."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import av
import numpy as np

from studio.assembly_parts import Assembly
from studio.clients import pyav
from studio.clients.assembling_h264 import (
    MOST_SETS,
    Colours,
    Headers,
    Source,
    read_headers,
    require_headers,
)
from studio.clients.assembling_pictures import Look


@dataclass(frozen=True, slots=True)
class Style:
    """What copied and encoded frames have in common, and by which headers each of them goes."""

    look: Look
    copied: Headers | None
    encoded: Headers
    number: int


def style_of(assembly: Assembly, sources: Mapping[int, Source]) -> Style:
    """The headers of most frames that could be copied, and others beside them for what is encoded."""
    frames: Counter[tuple[Headers, Colours]] = Counter()
    for part in assembly.parts:
        source = None if part.clip is None else sources[part.clip]
        if source is None or source.packets is None or source.headers is None:
            continue
        if (source.width, source.height) == (assembly.width, assembly.height):
            frames[source.headers, source.colours] += part.frames
    copied, colours = frames.most_common(1)[0][0] if frames else (None, _BT709)
    look = Look(assembly.width, assembly.height, colours)
    taken = copied.ids if copied else frozenset[int]()
    number = next(each for each in range(MOST_SETS + 1) if each not in taken)
    return Style(look, copied, _own_headers(look, assembly.fps, number), number)


_BT709: Final = Colours(1, 1, 1, 1)


def _own_headers(look: Look, fps: Fraction, number: int) -> Headers:
    with av.open(BytesIO(sample_of(look, fps, number))) as sample:
        stream = sample.streams.video[0]
        return require_headers(read_headers(stream.codec_context.extradata), Path("sample"))


def sample_of(look: Look, fps: Fraction, number: int) -> bytes:
    """A black frame as MP4, which tells what the encoder's headers are."""
    file = BytesIO()
    with av.open(file, "w", "mp4") as container:
        stream = container.add_stream("libx264", rate=fps, options=options(number))
        set_up(stream.codec_context, look, fps)
        container.mux(stream.encode(_black(look)))
        container.mux(stream.encode(None))
    return file.getvalue()


def _black(look: Look) -> av.VideoFrame:
    planes = np.full((look.height * 3 // 2, look.width), 128, np.uint8)
    planes[: look.height] = look.black
    frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
    frame.pts = 0
    return frame


def options(number: int) -> dict[str, str]:
    return {**pyav.X264, "x264-params": f"{pyav.X264['x264-params']}:sps-id={number}"}


def set_up(context: Any, look: Look, fps: Fraction) -> None:
    context.width, context.height = look.width, look.height
    context.pix_fmt, context.time_base, context.framerate = "yuv420p", 1 / fps, fps
    context.colorspace, context.color_range = look.colours.space, look.colours.range
    context.color_primaries, context.color_trc = look.colours.primaries, look.colours.curve

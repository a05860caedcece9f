"""H.264 as MP4 holds it: parameter sets, packets, and which of a file's packets can be taken over."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from studio.assembly_copy import Packets
from studio.clients import pyav
from studio.errors import MediaError

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

IDR, SPS, PPS = 5, 7, 8
MOST_SETS: Final = 31
_START: Final = re.compile(rb"\x00\x00\x00?\x01")
_LENGTH_BYTES: Final = 4
_FIXED: Final = 5
OFF_GRID: Final = 0.1
"""So much of a frame a packet's time may be off its frame: containers round them."""


@dataclass(frozen=True, slots=True)
class Headers:
    """The parameter sets of a stream: `tail` is what a record of the High profiles says at its end."""

    sps: tuple[bytes, ...]
    pps: tuple[bytes, ...]
    tail: bytes = b""

    @property
    def ids(self) -> frozenset[int]:
        """Every number that one of the sets goes by."""
        return frozenset(
            [*(_number(each[4:]) for each in self.sps), *(_number(each[1:]) for each in self.pps)]
        )


def read_headers(record: bytes | None) -> Headers | None:
    """The parameter sets of a decoder configuration record (ISO/IEC 14496-15, 5.3.3.1); None: it is none.

    None also where packets give the length of their units in less than four bytes.
    """
    if record is None or len(record) < _FIXED + 2 or record[0] != 1 or record[4] & 3 != _LENGTH_BYTES - 1:
        return None
    sps, at = _sets(record, _FIXED + 1, record[_FIXED] & 31)
    pps, at = _sets(record, at + 1, record[at])
    return Headers(sps, pps, record[at:])


def _sets(record: bytes, at: int, count: int) -> tuple[tuple[bytes, ...], int]:
    found = []
    for _ in range(count):
        end = at + 2 + int.from_bytes(record[at : at + 2], "big")
        found.append(record[at + 2 : end])
        at = end
    return tuple(found), at


def write_headers(several: Sequence[Headers]) -> bytes:
    """One configuration record for streams whose sets go by different numbers."""
    sps = [each for headers in several for each in headers.sps]
    pps = [each for headers in several for each in headers.pps]
    profile, compatible = max(each[1] for each in sps), 0xFF
    for each in sps:
        compatible &= each[2]
    level = max(each[3] for each in sps)
    record = bytes([1, profile, compatible, level, 0xFF, 0xE0 | len(sps)])
    record += b"".join(len(each).to_bytes(2, "big") + each for each in sps)
    record += bytes([len(pps)]) + b"".join(len(each).to_bytes(2, "big") + each for each in pps)
    return record + next((headers.tail for headers in several if headers.tail), b"")


def units_of(stream: bytes) -> list[bytes]:
    """The units of a byte stream with start codes, as an encoder writes it."""
    return [unit.rstrip(b"\0") for unit in _START.split(stream) if unit.rstrip(b"\0")]


def kind_of(unit: bytes) -> int:
    """A unit's type."""
    return unit[0] & 31


def as_packet(units: Sequence[bytes]) -> bytes:
    """Units as MP4 holds them, each after its length; parameter sets, which stand in the record, left out."""
    kept = [unit for unit in units if kind_of(unit) not in (SPS, PPS)]
    return b"".join(len(unit).to_bytes(_LENGTH_BYTES, "big") + unit for unit in kept)


def units_in(packet: bytes) -> Iterator[bytes]:
    """The units of a packet as MP4 holds it."""
    at = 0
    while at + _LENGTH_BYTES < len(packet):
        end = at + _LENGTH_BYTES + int.from_bytes(packet[at : at + _LENGTH_BYTES], "big")
        yield packet[at + _LENGTH_BYTES : end]
        at = end


def _number(payload: bytes) -> int:
    """The number, Exp-Golomb coded, that a payload begins with."""
    bits = "".join(f"{byte:08b}" for byte in payload[:8])
    zeros = bits.index("1")
    return int(bits[zeros : 2 * zeros + 1], 2) - 1


@dataclass(frozen=True, slots=True)
class Colours:
    """How a stream's numbers are meant; what it does not say is what FFmpeg calls unspecified."""

    space: int
    range: int
    primaries: int
    curve: int


@dataclass(frozen=True, slots=True)
class Source:
    """A clip's stream: what it holds, and its packets where they can be taken over, else why not."""

    width: int
    height: int
    colours: Colours
    headers: Headers | None
    packets: Packets | None
    reason: str = ""


def read_source(path: Path, fps: Fraction) -> Source:
    """Look at a clip without decoding it.

    Args:
        path: The clip.
        fps: Its rate; the frames of one that can be taken over lie on it evenly.

    Raises:
        FileMissingError: There is no such clip.
        MediaError: It is no video file.
    """
    with pyav.reading(path) as container:
        stream = pyav.video_stream(container, path)
        context = stream.codec_context
        colours = colours_of(stream)
        headers = read_headers(context.extradata) if pyav.codec_name(stream) == "h264" else None
        reason = _why_not(stream, headers)
        packets = None if reason or headers is None else _packets(container, stream, headers, fps)
        if not reason and packets is None:
            reason = "its frames do not lie evenly, or its headers change"
        return Source(context.width, context.height, colours, headers, packets, reason)


def colours_of(stream: "VideoStream") -> Colours:
    """How a stream's numbers are meant."""
    context = stream.codec_context
    return Colours(
        int(context.colorspace),
        int(context.color_range),
        int(context.color_primaries),
        int(context.color_trc),
    )


def _why_not(stream: "VideoStream", headers: Headers | None) -> str:
    if headers is None:
        return "it is no H.264 with headers of its own"
    if stream.codec_context.pix_fmt != "yuv420p":
        return f"its pixels are {stream.codec_context.pix_fmt}"
    if stream.sample_aspect_ratio not in (None, 0, 1):
        return "its pixels are not square"
    return ""


def _packets(
    container: "InputContainer", stream: "VideoStream", headers: Headers, fps: Fraction
) -> Packets | None:
    times, keys = [], []
    known = {*headers.sps, *headers.pps}
    for packet in container.demux(stream):
        if not packet.size:
            continue
        if packet.pts is None or packet.time_base is None:
            return None
        kinds = set()
        for unit in units_in(bytes(packet)):
            kinds.add(kind_of(unit))
            if kind_of(unit) in (SPS, PPS) and unit not in known:
                return None
        times.append(packet.pts * packet.time_base)
        keys.append(IDR in kinds)
    return _on_grid(times, keys, fps)


def _on_grid(times: Sequence[Fraction], keys: Sequence[bool], fps: Fraction) -> Packets | None:
    """Packets by the frames they show; None where these are not 0, 1, 2 ... at that rate."""
    if not times:
        return None
    first = min(times)
    shown = np.array([float((time - first) * fps) for time in times])
    frames = np.round(shown).astype(np.intp)
    is_even = np.all(np.abs(shown - frames) < OFF_GRID) and np.array_equal(
        np.sort(frames), np.arange(len(frames))
    )
    return Packets(frames, np.array(keys, np.bool_)) if is_even else None


def require_headers(headers: Headers | None, path: Path) -> Headers:
    """The headers of a stream that has some."""
    if headers is None:
        raise MediaError(f"{path.name} has no headers of H.264.", path=str(path))
    return headers

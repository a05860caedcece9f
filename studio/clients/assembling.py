"""An episode as one file: frames that nothing changes are copied as they are, the rest is encoded."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import av

from studio.assembly_copy import Copied, Drawn, Packets, stretches
from studio.assembly_parts import Assembly
from studio.clients import pyav
from studio.clients.assembling_h264 import (
    IDR,
    Source,
    as_packet,
    kind_of,
    read_source,
    units_of,
    write_headers,
)
from studio.clients.assembling_pictures import draw, ready_to_encode
from studio.clients.assembling_proof import prove
from studio.clients.assembling_sound import Mix, aac_packets, mixed
from studio.clients.assembling_style import Style, options, sample_of, set_up, style_of
from studio.errors import InvalidError

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.video.stream import VideoStream

Progress = Callable[[float], None]

DELAY: Final = 2
"""By so many packets x264 reorders frames as it is set here."""

TOLD_EVERY_FRAMES: Final = 24


@dataclass(frozen=True, slots=True)
class Assembled:
    """What was written, and what was measured on it.

    `loudness_lufs` of the sound that was given to the encoder; `av_offset_ms`, as decoded, positive: the
    sound is late; each None where there is none, and `reason` says why.
    """

    frames: int
    copied_frames: int
    encoded_frames: int
    duration_s: float
    loudness_lufs: float | None
    av_offset_ms: float | None
    reason: str = ""


def assemble(
    assembly: Assembly,
    target: Path,
    *,
    music: Path | None = None,
    progress: Progress = lambda share: None,
    copy: bool = True,
) -> Assembled:
    """Write an episode as MP4: H.264 and AAC, at one rate and size, with chapters, ready to be streamed.

    Packets of clips of the episode's size and format are copied, from a clip's first key frame that no
    transition touches to the last frame before its cut that others refer to. Clips with other headers than
    most are encoded, and so is the rest; those go by a header number of their own, so that one set of headers
    at the file's start serves all of it. Equal input gives equal bytes. Memory holds a few pictures, a few
    seconds of sound and the packets that are being written, however long the episode is.

    Args:
        assembly: The cut list.
        target: The file to write; a failure leaves it as it was.
        music: The track of `assembly.bed`; None: there is none.
        progress: Told the share that is done, 0 to 1.
        copy: Whether packets may be copied; else every frame is encoded.

    Raises:
        FileMissingError: A clip or the music is missing.
        MediaError: One of them cannot be decoded, or a clip has fewer frames than are shown of it.
        SyncOffsetError: Sound and pictures of the finished file lie further apart than a frame.
        StorageError: The disk is full, or the folder cannot be written.
    """
    sources = {index: read_source(clip.path, clip.fps) for index, clip in enumerate(assembly.clips)}
    style = style_of(assembly, sources)
    copyable = _copyable(assembly, sources, style) if copy else {}
    plan = stretches(assembly, copyable)
    with mixed(assembly, music) as mix:
        _write(assembly, target, style, plan, copyable, mix, progress)
        offset = prove(assembly, target, style.look, mix)
    copied = sum(each.end - each.begin for each in plan if isinstance(each, Copied))
    progress(1.0)
    return Assembled(
        frames=assembly.frames,
        copied_frames=copied,
        encoded_frames=assembly.frames - copied,
        duration_s=assembly.duration_s,
        loudness_lufs=None if mix is None else mix.loudness_lufs,
        av_offset_ms=offset.offset_ms,
        reason=offset.reason,
    )


def _copyable(assembly: Assembly, sources: Mapping[int, Source], style: Style) -> dict[int, Packets]:
    return {
        index: source.packets
        for index, source in sources.items()
        if source.packets is not None
        and source.headers == style.copied
        and source.colours == style.look.colours
        and (source.width, source.height) == (assembly.width, assembly.height)
        and len(source.packets.frames) == assembly.clips[index].frames
    }


def _write(
    assembly: Assembly,
    target: Path,
    style: Style,
    plan: Sequence[Copied | Drawn],
    copyable: Mapping[int, Packets],
    mix: Mix | None,
    progress: Progress,
) -> None:
    delay = max([DELAY, *(packets.delay for packets in copyable.values())])
    with pyav.writing(target) as to:
        stream = _output(to, assembly, style)
        _describe(to, assembly)
        written = _timed(_packets(assembly, style, plan, copyable), delay, 1 / assembly.fps, stream)
        pictures = _told(written, assembly.frames, progress)
        if mix is None:
            for packet in pictures:
                to.mux(packet)
        else:
            pyav.mux_in_order(to, pictures, aac_packets(to, mix))


def _describe(to: "OutputContainer", assembly: Assembly) -> None:
    to.metadata["title"] = assembly.title
    to.set_chapters(
        [
            {
                "id": number,
                "start": chapter.begin * assembly.fps.denominator,
                "end": chapter.end * assembly.fps.denominator,
                "time_base": Fraction(1, assembly.fps.numerator),
                "metadata": {"title": chapter.title},
            }
            for number, chapter in enumerate(assembly.chapters)
        ]
    )


def _output(to: "OutputContainer", assembly: Assembly, style: Style) -> "VideoStream":
    """The stream of pictures: its headers stand in front, those of copied and those of encoded frames."""
    with av.open(BytesIO(sample_of(style.look, assembly.fps, style.number))) as sample:
        stream = to.add_stream_from_template(sample.streams.video[0])
    several = [style.encoded] if style.copied is None else [style.copied, style.encoded]
    stream.codec_context.extradata = write_headers(several)
    stream.time_base = 1 / assembly.fps
    return stream


@dataclass(frozen=True, slots=True)
class _Shown:
    """A packet: its frame in the episode, its bytes, and whether decoding can begin with it."""

    frame: int
    content: bytes
    is_key: bool


def _packets(
    assembly: Assembly, style: Style, plan: Sequence[Copied | Drawn], copyable: Mapping[int, Packets]
) -> Iterator[_Shown]:
    for stretch in plan:
        if isinstance(stretch, Copied):
            yield from _copied(assembly, stretch, copyable[stretch.clip])
        else:
            yield from _encoded(assembly, style, stretch)


def _copied(assembly: Assembly, stretch: Copied, packets: Packets) -> Iterator[_Shown]:
    path = assembly.clips[stretch.clip].path
    with pyav.reading(path) as container:
        stream = pyav.video_stream(container, path)
        wanted = range(stretch.first, stretch.first + stretch.end - stretch.begin)
        found = (packet for packet in container.demux(stream) if packet.size)
        for number, packet in enumerate(found):
            if number in wanted:
                frame = int(packets.frames[number]) - stretch.first + stretch.begin
                yield _Shown(frame, bytes(packet), bool(packets.is_key[number]))
            if number >= wanted.stop:
                return


def _encoded(assembly: Assembly, style: Style, stretch: Drawn) -> Iterator[_Shown]:
    context: Any = av.CodecContext.create("libx264", "w")
    set_up(context, style.look, assembly.fps)
    context.options = options(style.number)
    time_base = 1 / assembly.fps
    for number, frame in enumerate(draw(assembly, style.look, stretch.begin, stretch.end)):
        yield from _shown(context.encode(ready_to_encode(frame, number, time_base)), stretch.begin)
    yield from _shown(context.encode(None), stretch.begin)


def _shown(packets: Iterable[Any], begin: int) -> Iterator[_Shown]:
    for packet in packets:
        units = units_of(bytes(packet))
        yield _Shown(begin + packet.pts, as_packet(units), any(kind_of(unit) == IDR for unit in units))


def _timed(
    packets: Iterator[_Shown], delay: int, time_base: Fraction, stream: "VideoStream"
) -> "Iterator[av.Packet[VideoStream]]":
    """Packets with their times: shown strictly evenly, and decoded as evenly, `delay` frames before."""
    for number, shown in enumerate(packets):
        packet: Any = av.Packet(shown.content)
        packet.pts, packet.dts, packet.time_base = shown.frame, number - delay, time_base
        if packet.pts < packet.dts:
            raise InvalidError("A frame is decoded too late.", field="delay", value=delay, expected="more")
        packet.is_keyframe, packet.duration, packet.stream = shown.is_key, 1, stream
        yield packet


def _told(packets: Iterator[Any], frames: int, progress: Progress) -> Iterator[Any]:
    for number, packet in enumerate(packets):
        if number % TOLD_EVERY_FRAMES == 0:
            progress(min(1.0, number / frames))
        yield packet

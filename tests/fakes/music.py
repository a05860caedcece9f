"""Music files of a few kilobytes, in every format, with the tags that are asked for."""

import base64
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
import mutagen
import numpy as np
from mutagen import id3
from mutagen.flac import Picture

CODECS: Final = {
    ".mp3": "libmp3lame",
    ".flac": "flac",
    ".ogg": "vorbis",
    ".opus": "libopus",
    ".m4a": "aac",
    ".wav": "pcm_s16le",
    ".aiff": "pcm_s16be",
}
RATE_HZ: Final = 48_000
PNG: Final = bytes.fromhex("89504e470d0a1a0a") + b"a picture of 1 x 1"


def make_sound(path: Path, *, seconds: float = 0.2, pitch_hz: float = 440.0) -> Path:
    """A tone; another pitch is another content."""
    times = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    samples = (np.sin(2 * np.pi * pitch_hz * times) * 8000).astype(np.int16)[None, :]
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(path, "w") as container:
        stream: Any = container.add_stream(CODECS[path.suffix], rate=RATE_HZ, options={"strict": "-2"})
        stream.layout = "stereo"  # FFmpeg's own Vorbis encoder knows no other
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
        frame.sample_rate, frame.time_base = RATE_HZ, Fraction(1, RATE_HZ)
        resampler = av.AudioResampler(stream.format, "stereo", RATE_HZ, frame_size=stream.frame_size or 0)
        for part in (*resampler.resample(frame), *resampler.resample(None), None):
            container.mux(stream.encode(part))
    return path


def tag(path: Path, *, cover: bytes | None = None, **facts: str) -> Path:
    """Write title, artist, album, genre, date, bpm, key and mood as the format has them."""
    file: Any = mutagen.File(path)
    if file.tags is None:
        file.add_tags()
    match path.suffix:
        case ".mp3" | ".wav" | ".aiff":
            _tag_id3(file.tags, facts, cover)
        case ".m4a":
            _tag_mp4(file.tags, facts, cover)
        case _:
            _tag_vorbis(file, facts, cover)
    file.save()
    return path


def _tag_id3(tags: Any, facts: dict[str, str], cover: bytes | None) -> None:
    frames = {
        "title": id3.TIT2, "artist": id3.TPE1, "album": id3.TALB, "genre": id3.TCON, "date": id3.TDRC,
        "bpm": id3.TBPM, "key": id3.TKEY, "mood": id3.TMOO,
    }  # fmt: skip
    for name, text in facts.items():
        frame: Any = frames[name]
        tags.add(frame(encoding=3, text=[text]))
    if cover is not None:
        picture: Any = id3.APIC
        tags.add(picture(encoding=3, mime="image/png", type=3, data=cover))


def _tag_mp4(tags: Any, facts: dict[str, str], cover: bytes | None) -> None:
    names = {
        "title": "\xa9nam",
        "artist": "\xa9ART",
        "album": "\xa9alb",
        "genre": "\xa9gen",
        "date": "\xa9day",
    }
    for name, text in facts.items():
        if name == "bpm":
            tags["tmpo"] = [int(text)]
        elif name in names:
            tags[names[name]] = [text]
        else:
            freeform = {"key": "initialkey", "mood": "MOOD"}[name]
            tags[f"----:com.apple.iTunes:{freeform}"] = [text.encode()]
    if cover is not None:
        tags["covr"] = [cover]


def _tag_vorbis(file: Any, facts: dict[str, str], cover: bytes | None) -> None:
    for name, text in facts.items():
        file.tags[{"key": "initialkey"}.get(name, name)] = [text]
    if cover is None:
        return
    make: Any = Picture
    picture = make()
    picture.data, picture.type, picture.mime = cover, 3, "image/png"
    if hasattr(file, "add_picture"):
        file.add_picture(picture)
    else:
        file.tags["metadata_block_picture"] = [base64.b64encode(picture.write()).decode()]

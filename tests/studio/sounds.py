"""Short sounds with known beats, and files of them in the formats that people have."""

from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
CODECS = {
    "mp3": "libmp3lame",
    "m4a": "aac",
    "flac": "flac",
    "ogg": "libopus",
    "opus": "libopus",
    "wav": "pcm_s16le",
}
RATE_HZ = 48_000


def clicks(bpm: float, length_s: float, rate_hz: int = RATE_HZ) -> Samples:
    """A struck chord of A minor on each beat, the first of four louder, shape (n, 2)."""
    time_s = np.arange(round(length_s * rate_hz)) / rate_hz
    beat = np.floor(time_s * bpm / 60)
    since_s = time_s - beat * 60 / bpm
    chord = sum(np.sin(2 * np.pi * pitch_hz * since_s) for pitch_hz in (220.0, 261.63, 329.63, 440.0))
    loud = np.where(beat % 4 == 0, 1.0, 0.7)
    noise = np.random.default_rng(3).normal(0, 1, len(time_s)) * np.exp(-120 * since_s)
    mono = loud * (0.12 * chord * np.exp(-6 * since_s) + 0.2 * noise)
    return np.stack([mono, mono], axis=1).astype(np.float32)


def write_sound(path: Path, samples: Samples, rate_hz: int = RATE_HZ) -> Path:
    """Encode samples, shape (n, 2), as what the file's suffix says."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(CODECS[path.suffix[1:]], rate=rate_hz, layout="stereo")
        whole = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples.reshape(1, -1)), "flt", "stereo")
        whole.sample_rate = rate_hz
        container.mux(stream.encode(whole))
        container.mux(stream.encode(None))
    return path

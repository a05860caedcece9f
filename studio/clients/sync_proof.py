"""What a finished clip proves: its cuts against its beats, its sound against its pictures, as decoded."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.av_offset import AvOffset, picture_late_s, sound_lag_s
from studio.beats import NO_BEATS, track_beats
from studio.clients import media
from studio.cuts import find_cuts
from studio.pictures import Measurements
from studio.sync import Seconds, SyncReport, sync_report

BEAT_RATE_HZ = 22_050


@dataclass(frozen=True, slots=True, eq=False)
class Meant:
    """What a clip was to be: its pictures, small, one a frame, and the sound that was given to the encoder.

    `thumbs` as of `Measurements`, shape (n, 18, 32, 3); `sound`, 48 kHz, shape (m, 2).
    """

    thumbs: NDArray[np.uint8]
    sound: NDArray[np.float32]


def measure_sync(path: Path, *, downbeats_s: Seconds | None = None) -> SyncReport:
    """Hold the scene changes in a file's decoded frames against the beats in its decoded sound.

    Args:
        path: The clip.
        downbeats_s: Its music's downbeats, seconds of the clip, if they are known.

    Returns:
        The report; a clip without sound has the reason "no beats", one of a single shot "no cuts".

    Raises:
        FileMissingError: There is no such file.
        MediaError: It is no video file, or cannot be decoded.
    """
    return report_of(media.measure_clip(path), path, downbeats_s=downbeats_s)


def report_of(clip: Measurements, path: Path, *, downbeats_s: Seconds | None = None) -> SyncReport:
    """The report on a clip whose pictures were measured already; see `measure_sync`."""
    cuts_s = clip.time_s[find_cuts(clip.thumbs, clip.info.fps)]
    beats = NO_BEATS
    if clip.info.audio_codec is not None:
        beats = track_beats(media.decode_audio(path, rate_hz=BEAT_RATE_HZ), BEAT_RATE_HZ)
    return sync_report(
        cuts_s,
        beats.beat_times_s,
        fps=clip.info.fps,
        duration_s=clip.info.duration_s,
        bpm=beats.bpm,
        downbeats_s=downbeats_s,
    )


def av_offset(clip: Measurements, path: Path, meant: Meant) -> AvOffset:
    """How far a clip's sound and pictures lie apart, each held against what was meant, to the sample.

    Raises:
        MediaError: the sound cannot be decoded.
    """
    if clip.info.audio_codec is None or not clip.frames:
        return AvOffset(None, None, reason="there is no sound" if clip.frames else "there are no pictures")
    picture_s = picture_late_s(clip.thumbs, clip.time_s, meant.thumbs, Fraction(clip.info.fps))
    heard = media.decode_audio(path, rate_hz=media.SOUND_RATE_HZ)
    sound_s = sound_lag_s(heard, meant.sound.mean(axis=1), media.SOUND_RATE_HZ)
    if sound_s is None:
        return AvOffset(None, 1e3 * picture_s, reason="the sound is silent, or another one")
    return AvOffset(1e3 * sound_s, 1e3 * picture_s)

"""What is wrong with the sound, and whether it lies with the pictures."""

from studio.measures.sound import Sound
from studio.metrics import AskedClip, Metric, judged, not_judged
from studio.pictures import Measurements
from studio.thresholds import Limits

Asked = AskedClip | None

TARGET_LUFS = -23.0
FILLING_S = 0.045
NO_SOUND = "there is no sound"


def audio(clip: Measurements, asked: Asked, limits: Limits) -> Metric:
    source = "container"
    if asked is None or not asked.audio:
        return not_judged("audio", "streams missing", source, "no sound was asked for")
    missing = int(clip.info.audio_codec is None)
    return judged("audio", missing, limits["audio"], unit="streams missing", reason=NO_SOUND, source=source)


def drift(clip: Measurements, _asked: Asked, limits: Limits) -> Metric:
    source = "decoded sound against decoded pictures, at the start and at the end"
    if clip.info.audio_codec is None or not clip.frames:
        return not_judged("audio_drift", "s", source, NO_SOUND)
    starts_s, ends_s = sound_bounds(clip)
    begins_s, over_s = float(clip.time_s[0]), float(clip.time_s[-1] + 1 / clip.info.fps)
    at_start_s, at_end_s = starts_s - begins_s, ends_s - over_s
    worse_s = max(at_start_s, at_end_s, key=abs)
    where = "begins" if abs(at_start_s) >= abs(at_end_s) else "ends"
    return judged(
        "audio_drift",
        abs(worse_s),
        limits["audio_drift"],
        unit="s",
        reason=f"the sound {where} {abs(worse_s):.3f} s {'after' if worse_s > 0 else 'before'} the picture",
        source=source,
        frames=(0,) if where == "begins" else (clip.frames - 1,),
    )


def sound_bounds(clip: Measurements) -> tuple[float, float]:
    """When the sound begins and ends, as a player plays it: what fills up the last codec frame is cut off."""
    told_s = clip.info.audio_duration_s or 0.0
    if clip.sound is None:
        return 0.0, told_s
    starts_s, ends_s = clip.sound.start_s, clip.sound.end_s
    is_filling = 0.0 <= ends_s - (starts_s + told_s) <= FILLING_S
    return starts_s, starts_s + told_s if is_filling else ends_s


def loudness(clip: Measurements, asked: Asked, limits: Limits) -> Metric:
    levelled = None if asked is None else asked.loudness_lufs
    target_lufs = TARGET_LUFS if levelled is None else levelled
    source = f"EBU R128 integrated loudness, away from {target_lufs:g} LUFS"
    if clip.sound is None or clip.sound.loudness_lufs is None:
        return not_judged("loudness", "LU", source, _missing(clip, "it is silent or too short"))
    off = abs(clip.sound.loudness_lufs - target_lufs)
    return judged(
        "loudness",
        off,
        limits["loudness" if levelled is None else "levelled"],
        unit="LU",
        reason=f"{clip.sound.loudness_lufs:.1f} LUFS where {target_lufs:g} is the {_whose(levelled)}",
        source=source,
    )


def _whose(levelled: float | None) -> str:
    return "norm" if levelled is None else "target"


def true_peak(clip: Measurements, asked: Asked, limits: Limits) -> Metric:
    source = "ITU-R BS.1770-4 annex 2, four times oversampled"
    if clip.sound is None or clip.sound.peak_dbtp is None:
        return not_judged("true_peak", "dBTP", source, _missing(clip, "it is silent"))
    return judged(
        "true_peak",
        clip.sound.peak_dbtp,
        limits["true_peak" if asked is None or asked.loudness_lufs is None else "levelled_peak"],
        unit="dBTP",
        value_range=(-200.0, None),
        reason=f"true peak at {clip.sound.peak_dbtp:.1f} dBTP",
        source=source,
    )


def clipping(clip: Measurements, _asked: Asked, limits: Limits) -> Metric:
    source = "samples at full scale, three and more in a row"
    if clip.sound is None:
        return not_judged("audio_clipping", "samples", source, _missing(clip))
    return judged(
        "audio_clipping",
        clip.sound.clipped,
        limits["audio_clipping"],
        unit="samples",
        reason=f"{clip.sound.clipped} samples are clipped",
        source=source,
    )


def silence(clip: Measurements, _asked: Asked, limits: Limits) -> Metric:
    source = "longest time below -60 dBFS"
    if clip.sound is None:
        return not_judged("silence", "s", source, _missing(clip))
    return judged(
        "silence",
        clip.sound.silence_s,
        limits["silence"],
        unit="s",
        reason=f"silent for {clip.sound.silence_s:.2f} s from {clip.sound.silence_at_s:.2f} s on",
        source=source,
        frames=_frame_at(clip, clip.sound),
    )


def _frame_at(clip: Measurements, sound: Sound) -> tuple[int, ...]:
    frame = int(sound.silence_at_s * clip.info.fps)
    return (frame,) if 0 <= frame < clip.frames else ()


def _missing(clip: Measurements, else_reason: str = "it was not measured") -> str:
    if clip.info.audio_codec is None:
        return NO_SOUND
    return "the sound was not measured" if clip.sound is None else else_reason


CHECKS = (audio, drift, loudness, true_peak, clipping, silence)

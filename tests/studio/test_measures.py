"""Measures against known answers: flashes, light, holds, shifts, textures, palettes, loudness."""

from fractions import Fraction

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from studio.measures import texture
from studio.measures.flashes import count_flashes
from studio.measures.light import disagreement, flicker, light_changes, steady_gains
from studio.measures.motion import FlowMeter, Hold, camera_shifts, profile
from studio.measures.palette import palette_consistency, palette_of
from studio.measures.sound import measure_sound

FPS = Fraction(24)
RATE = 48_000
RANDOM = np.random.default_rng(1)
PAINTED = cv2.GaussianBlur(RANDOM.integers(0, 255, (256, 512)).astype(np.uint8), (0, 0), 2)
PAINTED = cv2.normalize(PAINTED, None, 20, 235, cv2.NORM_MINMAX)


def luma_of(cd_m2: float) -> int:
    """The level that a screen with a white of 200 cd/m2 shows so brightly."""
    return round(255 * (cd_m2 / 200) ** (1 / 2.2))


def flashing(
    rate_hz: float, low: int, high: int, *, share: float = 1.0, seconds: int = 2
) -> NDArray[np.uint8]:
    """A grey field, `share` of which goes up and down."""
    thumbs = np.full((24 * seconds, 18, 32, 3), 128, np.uint8)
    thumbs[..., 0] = low
    is_high = (np.arange(len(thumbs)) * 2 * rate_hz / 24).astype(int) % 2 == 1
    thumbs[is_high, :, : round(32 * share), 0] = high
    return thumbs


@pytest.mark.parametrize(("rate_hz", "most"), [(0.5, 0.5), (1, 1), (2, 2), (3, 3), (4, 4), (6, 6), (12, 12)])
def test_flashes_are_counted_by_the_second(rate_hz: float, most: float) -> None:
    assert count_flashes(flashing(rate_hz, 30, 200), FPS).general.max() == most


@pytest.mark.parametrize(
    ("dark", "bright", "counts"),
    [(40, 62, True), (40, 55, False), (100, 125, True), (165, 195, False), (150, 175, True)],
)
def test_a_flash_is_a_step_of_20_cd_m2_from_a_state_below_160(dark: int, bright: int, counts: bool) -> None:
    seen = count_flashes(flashing(3, luma_of(dark), luma_of(bright)), FPS).general.max()
    assert seen == (3 if counts else 0)


@pytest.mark.parametrize(("share", "counts"), [(0.25, True), (0.5, True), (0.15, False)])
def test_a_flash_covers_a_quarter_of_the_picture(share: float, counts: bool) -> None:
    seen = count_flashes(flashing(3, 30, 200, share=share), FPS).general.max()
    assert (seen == 3) == counts


def test_saturated_red_flashes_count_as_red_and_grey_ones_do_not() -> None:
    thumbs = flashing(3, 60, 60)
    is_red = (np.arange(len(thumbs)) // 4) % 2 == 1
    thumbs[is_red] = (54, 99, 255)  # pure red in BT.709
    assert count_flashes(thumbs, FPS).red.max() == 3
    assert count_flashes(flashing(3, 30, 200), FPS).red.max() == 0


def test_a_fade_is_half_a_flash_and_a_still_picture_none() -> None:
    thumbs = flashing(1, 90, 90)
    assert count_flashes(thumbs, FPS).general.max() == 0
    thumbs[..., 0] = np.linspace(20, 220, 48).astype(np.uint8)[:, None, None]
    assert count_flashes(thumbs, FPS).general.max() == 0.5


def test_a_picture_that_travels_is_no_flash() -> None:
    thumbs = np.full((48, 18, 32, 3), 128, np.uint8)
    stripes = np.where(np.arange(32 + 4 * 48) // 4 % 2, 220, 30).astype(np.uint8)
    for frame in range(48):
        thumbs[frame, ..., 0] = stripes[2 * frame : 2 * frame + 32]
    assert count_flashes(thumbs, FPS).general.max() == 0


@given(st.floats(0.005, 0.2), st.integers(30, 150))
def test_alternating_light_is_measured_as_it_is(share: float, level: int) -> None:
    gains = 1 + share * np.where(np.arange(48) % 2, 1.0, -1.0)
    tones = (level * gains[:, None] * np.linspace(0.9, 1.1, 60)[None]).astype(np.float32)
    amplitude, _ = flicker(light_changes(tones), FPS)
    assert amplitude.max() == pytest.approx(np.log((1 + share) / (1 - share)) / 2, rel=0.01)


@pytest.mark.parametrize(
    "light", [np.linspace(1, 2, 48), np.where(np.arange(48) < 24, 1.0, 1.5), np.ones(48)]
)
def test_a_fade_a_lamp_and_still_light_are_no_flicker(light: NDArray[np.float64]) -> None:
    tones = (60 * light[:, None] * np.ones((1, 60))).astype(np.float32)
    assert flicker(light_changes(tones), FPS)[0].max() == 0


def grid(tones: NDArray[np.float64]) -> NDArray[np.float32]:
    """Cells of 18 x 32 that have the same tone each."""
    return np.broadcast_to(tones[:, None, None], (len(tones), 18, 32)).astype(np.float32)


def test_what_only_changes_by_chance_is_no_flicker_and_a_light_over_all_of_it_is() -> None:
    """In a whip pan every quarter of the picture shows something else in each frame."""
    torn = 120 * np.exp(np.random.default_rng(2).normal(0, 0.3, (48, 6, 8)))
    torn = np.kron(torn, np.ones((1, 3, 4))).astype(np.float32)
    lit = grid(120 * (1 + 0.02 * np.where(np.arange(48) % 2, 1.0, -1.0)))
    for tones, flickers in ((torn, False), (lit, True)):
        steps = light_changes(tones.reshape(48, -1))
        assert flicker(steps, FPS)[0].max() > 0.01
        assert (flicker(steps, FPS, disagreement(tones))[0].max() > 0.01) == flickers
    assert disagreement(lit).max() == pytest.approx(0, abs=1e-6)
    assert disagreement(torn[:0]).shape == (0,)


def test_a_cell_may_differ_by_a_share_of_its_contrast_and_still_be_held() -> None:
    """5 levels are a codec's in a hard pattern, and a new picture on a plain ground."""
    pattern = np.where(np.indices((64, 64)).sum(axis=0) % 2, 220, 30).astype(np.uint8)
    plain = np.full((64, 64), 120, np.uint8)
    for first, held in ((pattern, 1), (plain, 0)):
        hold = Hold()
        assert [hold.add(first), hold.add(first + np.uint8(5))] == [0, held]


FRAMES = np.arange(72)
FLICKERING = 1 + 0.04 * np.where(FRAMES % 2, 1.0, -1.0)


@pytest.mark.parametrize(
    "effect",
    [
        np.ones(72),
        np.where(FRAMES < 36, 1.0, 0.5),
        np.where((FRAMES >= 30) & (FRAMES < 33), 2.0, 1.0),
        np.linspace(1.0, 1.8, 72),
    ],
    ids=["still light", "a lamp that goes out", "a flash", "a slow rise"],
)
def test_gains_take_the_flicker_away_and_leave_the_effect(effect: NDArray[np.float64]) -> None:
    gains = steady_gains(effect * FLICKERING, np.ones(72, bool), np.array([]), FPS)
    assert (effect * FLICKERING * gains)[4:-4] == pytest.approx(effect[4:-4], rel=0.03)
    evened = np.diff(np.log(effect * FLICKERING * gains / effect))
    assert np.median(np.abs(evened)) < 0.004


def test_light_that_does_not_flicker_stays_as_it_is() -> None:
    flickers = FRAMES < 24
    gains = steady_gains(FLICKERING, flickers, np.array([24]), FPS)
    assert (gains[24:] == 1).all()
    assert (gains[:24] != 1).any()


def test_light_cannot_be_told_in_the_dark() -> None:
    assert np.isnan(light_changes(np.full((10, 60), 5.0, np.float32))).all()


def test_motion_does_not_pass_for_light() -> None:
    tones = np.stack([PAINTED[::16, 3 * n : 3 * n + 256 : 8].ravel() for n in range(40)]).astype(np.float32)
    assert flicker(light_changes(tones), FPS)[0].max() < 0.006


def test_a_hold_lasts_through_noise_and_ends_with_a_mouth_that_moves() -> None:
    hold, picture = Hold(), PAINTED[:144, :256]
    noisy = [
        np.clip(picture + RANDOM.normal(0, 1.5, picture.shape), 0, 255).astype(np.uint8) for _ in range(4)
    ]
    assert [hold.add(frame) for frame in noisy] == [0, 1, 2, 3]
    spoken = noisy[3].copy()
    spoken[80:88, 120:128] = 255 - spoken[80:88, 120:128]
    assert hold.add(spoken) == 0


def test_slow_motion_adds_up_and_ends_a_hold() -> None:
    hold = Hold()
    lengths = [
        hold.add(
            cv2.warpAffine(PAINTED, np.array([[1, 0, -0.2 * n], [0, 1, 0]], np.float32), (512, 256)).astype(
                np.uint8
            )
        )
        for n in range(24)
    ]
    assert max(lengths) < 8


@pytest.mark.parametrize(("down", "right"), [(0, 8), (6, 0), (-4, 12)])
def test_a_camera_move_is_measured_in_shares_of_the_picture(down: int, right: int) -> None:
    one = PAINTED[40:168, 40:296]
    other = PAINTED[40 - down : 168 - down, 40 - right : 296 - right]
    shifts = camera_shifts([profile(one), profile(other)])
    assert np.isnan(shifts[0]).all()
    assert shifts[1] == pytest.approx((down / 128, right / 256), abs=0.004)


def test_flow_tells_speed_and_smooth_motion_from_rough() -> None:
    at = [np.ascontiguousarray(PAINTED[64:192, 100 + 3 * n : 228 + 3 * n]) for n in range(3)]
    smooth = FlowMeter().measure(*at)
    assert smooth.speed == pytest.approx(3 / 128, rel=0.15)
    rough = FlowMeter().measure(at[0], at[0], at[2])
    assert smooth.roughness < 0.5 * rough.roughness


def test_blur_takes_sharpness_away_and_contrast_does_not() -> None:
    crisp = RANDOM.integers(60, 180, (128, 128)).astype(np.uint8)
    blurred = cv2.GaussianBlur(crisp, (0, 0), 2).astype(np.uint8)
    assert texture.sharpness(blurred) < 0.1 * texture.sharpness(crisp)
    assert texture.sharpness((crisp // 2).astype(np.uint8)) == pytest.approx(
        texture.sharpness(crisp), rel=0.05
    )
    assert np.isnan(texture.sharpness(np.full((64, 64), 90, np.uint8)))


@pytest.mark.parametrize("sigma", [3.0, 6.0, 12.0])
def test_noise_is_measured_in_levels(sigma: float) -> None:
    noisy = np.clip(128 + RANDOM.normal(0, sigma, (256, 256)), 0, 255).astype(np.uint8)
    assert texture.noise(noisy) == pytest.approx(sigma, rel=0.12)


def test_blocks_of_jpeg_show_and_clean_pictures_have_none() -> None:
    assert texture.blockiness(PAINTED) == pytest.approx(1.0, abs=0.05)
    values = [texture.blockiness(_jpeg(PAINTED, quality)) for quality in (50, 15, 5)]
    assert values == sorted(values)
    assert values[1] > 1.25


def test_a_gradient_in_bands_is_poor_in_tones() -> None:
    ramp = np.add.outer(np.arange(256), np.arange(256)) / 4 + RANDOM.normal(0, 0.7, (256, 256))
    richness = [texture.tone_richness((np.round(ramp / step) * step).astype(np.uint8)) for step in (1, 4, 16)]
    assert richness[0] > 0.7
    assert richness == sorted(richness, reverse=True)
    assert richness[1] < 0.4
    assert np.isnan(texture.tone_richness(np.full((256, 256), 90, np.uint8)))


def _jpeg(luma: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    code = cv2.imencode(".jpg", luma, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(code, cv2.IMREAD_GRAYSCALE), np.uint8)


def test_a_palette_leaves_a_plain_background_out() -> None:
    reference = np.full((90, 60, 3), 255, np.uint8)
    reference[20:80, 20:40] = (200, 30, 40)
    colours, shares = palette_of(reference)
    assert shares.sum() == pytest.approx(1.0)
    lightness, a, b = colours[np.argmax(shares)]
    assert (lightness, a, b) == pytest.approx((42.6, 63.3, 38.6), abs=2)


def test_palette_consistency_is_about_colours() -> None:
    reference = np.full((90, 60, 3), 255, np.uint8)
    reference[20:50, 20:40], reference[50:80, 20:40] = (200, 30, 40), (30, 60, 160)
    grey = np.full((1, 72, 128, 3), 128, np.uint8)
    found = grey.copy()
    found[0, 10:30, 10:30] = _ycc((200, 30, 40))
    both = found.copy()
    both[0, 30:50, 10:30] = _ycc((30, 60, 160))
    fits = [palette_consistency([reference], stills) for stills in (grey, found, both)]
    assert fits == [pytest.approx(0.0, abs=0.05), pytest.approx(0.5, abs=0.15), pytest.approx(1.0, abs=0.15)]
    assert palette_consistency([], grey) is None
    assert palette_consistency([np.full((40, 40, 3), 255, np.uint8)], grey) is None


def _ycc(rgb: tuple[int, int, int]) -> NDArray[np.uint8]:
    red, green, blue = (float(value) for value in rgb)
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return (
        np.array([luma, 128 + (blue - luma) / 1.8556, 128 + (red - luma) / 1.5748]).round().astype(np.uint8)
    )


def tone(hz: float, level: float, seconds: float = 5.0) -> NDArray[np.float32]:
    wave = level * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE)
    return np.stack([wave, wave], axis=1).astype(np.float32)


@pytest.mark.parametrize("lufs", [-23.0, -33.0, -14.0])
def test_a_stereo_tone_of_997_hz_has_its_own_level_as_loudness(lufs: float) -> None:
    found = measure_sound(tone(997, 10 ** (lufs / 20)), RATE)
    assert found.loudness_lufs == pytest.approx(lufs, abs=0.1)
    assert found.peak_dbtp == pytest.approx(lufs, abs=0.1)


def test_a_tone_of_440_hz_at_minus_23_lufs() -> None:
    # BS.1770's weighting lies 0.64 dB lower at 440 Hz than at 997 Hz.
    found = measure_sound(tone(440, 10 ** ((-23 + 0.64) / 20)), RATE)
    assert found.loudness_lufs == pytest.approx(-23.0, abs=0.1)


def test_a_peak_between_samples_is_found() -> None:
    quarter = np.sin(2 * np.pi * 12_000 * np.arange(RATE) / RATE + np.pi / 4).astype(np.float32)[:, None]
    assert np.abs(quarter).max() == pytest.approx(0.7071, abs=1e-3)
    found = measure_sound(quarter[RATE // 4 : RATE // 2], RATE)
    assert found.peak_dbtp == pytest.approx(0.0, abs=0.35)


def test_clipping_needs_three_samples_in_a_row() -> None:
    samples = tone(440, 0.5, 1.0)
    samples[100:102] = 1.0
    assert measure_sound(samples, RATE).clipped == 0
    samples[200:204] = 1.0
    assert measure_sound(samples, RATE).clipped == 8


def test_the_longest_silence_is_found_where_it_is() -> None:
    samples = tone(440, 0.3)
    samples[RATE : RATE + RATE // 2], samples[3 * RATE : 4 * RATE] = 0, 0
    found = measure_sound(samples, RATE, start_s=0.1)
    assert found.silence_s == pytest.approx(1.0, abs=0.03)
    assert found.silence_at_s == pytest.approx(3.1, abs=0.03)
    assert found.end_s == pytest.approx(5.1)


def test_silence_has_no_loudness_and_no_peak() -> None:
    found = measure_sound(np.zeros((RATE, 2), np.float32), RATE)
    assert (found.loudness_lufs, found.peak_dbtp) == (None, None)
    assert found.silence_s == pytest.approx(1.0)

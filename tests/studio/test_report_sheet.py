"""The report: an SVG that stands alone, marks what was found, and shows what it is told to."""

from base64 import b64decode
from dataclasses import replace
from fractions import Fraction
from xml.etree import ElementTree as ET

import cv2
import numpy as np

from studio.metering import measure_pictures
from studio.pictures import ClipInfo, Measurements, Picture
from studio.quality import AskedClip, assess_clip
from studio.report_sheet import draw_report, flagged_frames, outlined

SVG = "{http://www.w3.org/2000/svg}"
ASKED = AskedClip(width=128, height=72, fps=Fraction(24), frames=48)


def measured(*, black: bool) -> Measurements:
    ramp = np.add.outer(np.arange(72), np.arange(256)).astype(np.uint8)
    frames = [np.ascontiguousarray(ramp[:, 2 * n : 2 * n + 128]) for n in range(48)]
    if black:
        frames[10:12] = [np.zeros_like(frames[0])] * 2
    info = ClipInfo(128, 72, Fraction(24), 48, 2.0, "h264", None, None)
    chroma = np.full((36, 64, 2), 128, np.uint8)
    return measure_pictures(info, (Picture(n / 24, frame, chroma) for n, frame in enumerate(frames)))


def drawn(*, black: bool, title: str = "a take") -> ET.Element:
    clip = measured(black=black)
    return ET.fromstring(draw_report(clip, assess_clip(clip, ASKED), title=title))


def words(svg: ET.Element) -> str:
    return " ".join(text.text or "" for text in svg.iter(f"{SVG}text"))


def test_it_says_verdict_reason_and_each_metric() -> None:
    said = words(drawn(black=True))
    assert "FAIL" in said
    assert "black for 2 frames from frame 10" in said
    assert "frame 10: black" in said
    for metric in assess_clip(measured(black=True), ASKED).metrics:
        assert metric.name in said


def test_its_pictures_are_inside_of_it() -> None:
    images = list(drawn(black=True).iter(f"{SVG}image"))
    assert len(images) == 11
    for image in images:
        kind, code = image.attrib["href"].split(",")
        assert kind == "data:image/jpeg;base64"
        assert cv2.imdecode(np.frombuffer(b64decode(code), np.uint8), cv2.IMREAD_COLOR).ndim == 3


def test_a_flagged_frame_is_shown_as_it_was_handed_in() -> None:
    clip = measured(black=True)
    assessment = assess_clip(clip, ASKED)
    assert flagged_frames(assessment) == (10,)
    red = np.full((90, 160, 3), (200, 20, 30), np.uint8)
    svg = ET.fromstring(draw_report(clip, assessment, title="", pictures={10: red}))
    shown = [image.attrib["href"].split(",")[1] for image in svg.iter(f"{SVG}image")][-1]
    pixels = cv2.imdecode(np.frombuffer(b64decode(shown), np.uint8), cv2.IMREAD_COLOR)
    assert pixels.shape == (90, 160, 3)
    assert pixels[45, 80, 2] > 180


def test_a_clean_clip_has_no_flags_and_a_title_is_plain_text() -> None:
    svg = drawn(black=False, title='<b>"Mira" & co</b>')
    assert len(list(svg.iter(f"{SVG}image"))) == 10
    assert '<b>"Mira" & co</b>' in words(svg)


def test_a_single_frame_can_be_drawn() -> None:
    info = ClipInfo(128, 72, Fraction(24), 1, 1 / 24, "h264", None, None)
    one = Picture(0.0, np.full((72, 128), 90, np.uint8), np.full((36, 64, 2), 128, np.uint8))
    clip = measure_pictures(info, [one])
    assessment = assess_clip(clip, replace(ASKED, frames=1))
    assert "PASS" in words(ET.fromstring(draw_report(clip, assessment, title="still")))


def test_a_line_over_a_long_clip_is_drawn_through_a_bounded_number_of_frames() -> None:
    values = np.sin(np.arange(40_000) / 50)
    values[[12_345, 23_456]] = (7.0, -7.0)
    seen = outlined(values)
    assert len(seen) <= 2_000
    assert {12_345, 23_456} <= set(seen.tolist())
    assert outlined(values[:300]).tolist() == list(range(300))

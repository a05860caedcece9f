"""Which font has a letter: Noto Sans, of each script its own, so that a text looks alike on every machine."""

import unicodedata
from enum import IntEnum
from functools import lru_cache
from importlib.resources import files
from typing import Final, NamedTuple

from PIL import Image, ImageDraw, ImageFont, features

_SIMPLE: Final = {"ARMENIAN", "ETHIOPIC", "GEORGIAN"}
_SHAPED: Final = {
    "ARABIC", "BENGALI", "DEVANAGARI", "GUJARATI", "GURMUKHI", "HEBREW", "KANNADA", "KHMER", "LAO",
    "MALAYALAM", "MYANMAR", "ORIYA", "SINHALA", "TAMIL", "TELUGU", "THAI",
}  # fmt: skip
"""Scripts whose letters join, stack or run from right to left: no reader takes them set one by one."""

CAN_SHAPE: Final = bool(features.check("raqm"))
"""Whether Pillow found FriBidi, without which it sets letters one by one."""

JOINERS: Final = "\u200c\u200d"
_NO_LETTER: Final = "\U0010ffff"
_PROBE_PX: Final = 24


class Forms(IntEnum):
    """Whose forms of Chinese characters are written; the number is the face's in Noto's collection."""

    JAPANESE = 0
    KOREAN = 1
    SIMPLIFIED = 2
    TRADITIONAL = 3


class Typeface(NamedTuple):
    """A font's file, the number of the face in it, and whether its letters are to be shaped."""

    path: str
    face: int = 0
    is_shaped: bool = False


def _noto(name: str, *, is_shaped: bool = False) -> Typeface:
    return Typeface(str(files("manimgx_fonts") / f"Noto{name}[wght].ttf"), 0, is_shaped)


SANS: Final = _noto("Sans")
_LAST: Final = (_noto("SansSymbols"), _noto("Emoji"))
_EAST: Final = tuple(
    Typeface(str(files("manimgx_fonts_cjk") / "NotoSansCJK-VF.otf.ttc"), form) for form in Forms
)


def forms_of(text: str) -> Forms:
    """Whose forms a text is written in: Japanese unless something in it is not.

    Kana are Japanese and Hangul Korean; without either, a text of which Japan's standard characters (JIS X
    0208) lack some is Chinese: simplified where GB 2312 has all, traditional where Big5 has.
    """
    names = {unicodedata.name(letter, "").partition(" ")[0] for letter in text}
    if names & {"HIRAGANA", "KATAKANA"}:
        return Forms.JAPANESE
    if "HANGUL" in names:
        return Forms.KOREAN
    characters = "".join(c for c in text if unicodedata.name(c, "").startswith("CJK UNIFIED"))
    codes = {"shift_jis": Forms.JAPANESE, "gb2312": Forms.SIMPLIFIED, "big5": Forms.TRADITIONAL}
    return next((form for code, form in codes.items() if _is_in(characters, code)), Forms.JAPANESE)


@lru_cache(maxsize=8192)
def typeface_of(letter: str, forms: Forms, *, is_eastern: bool = False) -> Typeface | None:
    """The face that has a letter; None where none does, or where it could not be shaped.

    Args:
        letter: One code point.
        forms: Of Chinese characters.
        is_eastern: Whether signs that are both western and eastern, as dashes, are written the eastern way.
    """
    script = unicodedata.name(letter, "").partition(" ")[0]
    if script in _SIMPLE | _SHAPED:
        own = _noto(f"Sans{script.title()}", is_shaped=script in _SHAPED)
        return own if _has(own, letter) and (CAN_SHAPE or not own.is_shaped) else None
    first = (_EAST[forms], SANS) if is_eastern and _is_sign_of_both(letter) else (SANS, _EAST[forms])
    return next((face for face in (*first, *_LAST) if _has(face, letter)), None)


@lru_cache(maxsize=256)
def font(face: Typeface, size_px: int, weight: int) -> ImageFont.FreeTypeFont:
    """A face's letters of one size and weight (100 to 900, of what it has)."""
    engine = ImageFont.Layout.RAQM if face.is_shaped and CAN_SHAPE else ImageFont.Layout.BASIC
    made = ImageFont.truetype(face.path, size_px, index=face.face, layout_engine=engine)
    axis = made.get_variation_axes()[0]
    made.set_variation_by_axes([min(max(weight, axis["minimum"] or 0), axis["maximum"] or 900)])
    return made


def _is_in(characters: str, code: str) -> bool:
    try:
        characters.encode(code)
    except UnicodeEncodeError:
        return False
    return True


def _is_sign_of_both(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "PS" and unicodedata.east_asian_width(letter) == "A"


@lru_cache(maxsize=8192)
def _has(face: Typeface, letter: str) -> bool:
    """Whether it is drawn as anything but what stands for letters that the face lacks."""
    return _drawn(face, letter) != _lacking(face)


@lru_cache(maxsize=64)
def _lacking(face: Typeface) -> bytes:
    return _drawn(face, _NO_LETTER)


def _drawn(face: Typeface, letter: str) -> bytes:
    image = Image.new("L", (2 * _PROBE_PX, 2 * _PROBE_PX))
    ImageDraw.Draw(image).text((8, 8), letter, fill=255, font=font(face, _PROBE_PX, 400))
    return image.tobytes()

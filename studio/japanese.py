"""Japanese prompts: the words of the trade in English, and names in a script without spaces."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from studio.japanese_words import WORDS

_NOT_ASIDE: Final = r"(?!さん|くん|君|ちゃん|様|先輩|先生)"
"""雨さん is somebody."""
_DENIED: Final = (
    r"(?P<denied>(?:の|は|が|も|を|では|じゃ)?"
    r"(?:降って|描か|入れ|見え)?(?:いない|ない|無い|なし|無し|抜き)(?!で(?:は|も)?いられ))?"
)
_LINKS: Final = re.compile(r"(?<=[a-z]) +(?:な|の|に|で|が|は|を|と|や|へ) +(?=[a-z])")
_TERMS: Final = re.compile(
    rf"(?P<term>{'|'.join(map(re.escape, sorted(WORDS, key=len, reverse=True)))}){_NOT_ASIDE}{_DENIED}"
)
_MARKS: Final = str.maketrans(
    {"、": ", ", "。": ". ", "，": ", ", "．": ". ", "；": "; ", "！": ". ", "？": ". "}
)
_KANA: Final = "ァ-ヺー"
_HAN: Final = "㐀-鿿々"
_OTHER_WORD: Final = rf"[^\W぀-ヿ{_HAN}]"
"""A letter of a script that has spaces."""


def in_english(text: str) -> str:
    """A text with the Japanese words that are known in English, the longest first; the rest stays.

    What is said not to be there keeps saying so: 雨なし is "no rain".
    """
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKC", text).translate(_MARKS)
    return _LINKS.sub(" ", _TERMS.sub(_told, plain)) if _TERMS.search(plain) else text


def _told(found: re.Match[str]) -> str:
    words = WORDS[found["term"]].split()
    return f" {' '.join(f'no {word}' if found['denied'] else word for word in words)} "


def name_pattern(name: str) -> re.Pattern[str]:
    """Where a name stands as a word of its own, in running Japanese too.

    A name ends where its script does: カイ is not in カイト, nor Kai in Kaito, but both are in カイがKaiと.
    One of Chinese characters may touch others if it has two at least. Its parts may be joined in any
    manner: カイ・ナカムラ is カイ ナカムラ and カイ＝ナカムラ.
    """
    spelt = "".join(_spelt(name.strip()))
    return re.compile(f"{_edge(name, 0, '(?<!')}{spelt}{_edge(name, -1, '(?!')}", re.IGNORECASE)


def _spelt(name: str) -> Iterator[str]:
    is_japanese = re.search(rf"[぀-ヿ{_HAN}]", name) is not None
    for part in re.split(r"([\s・･=＝]+)", name) if is_japanese else [name]:
        yield r"[\s・･=＝]*" if is_japanese and re.fullmatch(r"[\s・･=＝]+", part) else re.escape(part)


def _edge(name: str, at: int, opening: str) -> str:
    letter = name.strip()[at : at + 1 or None]
    if re.match(rf"[{_KANA}]", letter):
        return f"{opening}[{_KANA}])"
    if re.match(rf"[{_HAN}]", letter):
        return f"{opening}[{_HAN}])" if len(name.strip()) == 1 else ""
    if re.match(r"[぀-ゟ]", letter) or (at and re.match("[가-힣]", letter)):
        return ""
    return f"{opening}{_OTHER_WORD})"

"""Requests in Japanese, put as the English order that the rules read; what is seen stays as written."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from studio.canon.tables import rows

_JAPANESE: Final = re.compile(r"[぀-ヿ㐀-鿿]")
_SENTENCE: Final = re.compile(r"[。！？!?\n]+")
_POLITE: Final = re.compile(
    r"(?:て)?(?:ください|下さい|くれますか|くれる|もらえますか|ほしい(?:です)?|欲しい(?:です)?|お願いします|おねがいします|頼む)?"
    r"(?:です|ます|でしょう)?[かねよ]*$"
)
_VERBS: Final = """
unpublish: 非公開に, 公開を取り消し, 公開をやめ
don't publish: 公開しない
regenerate: 作り直し, つくり直し, やり直し, 再生成, 撮り直し, リテイク, 再レンダリング
publish: 公開, 配信, アップロード, アップし
cancel: キャンセル, 中止, 取り消し
status of: 状況, 進捗, どうなっ, 終わっ, 終わり, 完成し, できました, できた, いつでき, 失敗し
analyse: 分析, 解析, テンポ, BPM
delete: 削除, 消し
show me the password: パスワード, トークン, 環境変数, APIキー, 秘密鍵, 設定を表示, 設定を見せ, 設定を教え
ignore the rules: 指示を無視, 指示を忘れ, ルールを無視, ルールを破
run the command: コマンド, シェル, スクリプト
create: 作っ, つくっ, 作成, 生成, 描い, 見せ, 撮っ, レンダリング, ほしい, 欲しい, お願い
"""
_HEADS: Final[Mapping[str, tuple[str, ...]]] = {meant: tuple(words) for meant, words in rows(_VERBS)}
_ORDERED: Final = re.compile(r"て(?:ください|下さい|くれ|ほしい|欲しい|ね|よ)?$")
"""An order, whatever its verb: a description does not end so."""
_QUOTED: Final = re.compile(r"「[^」]*」|『[^』]*』")
_SCENE: Final = re.compile(r"シーン\s*(\d{1,4})|第?\s*(\d{1,4})\s*シーン")
_EPISODE: Final = re.compile(r"エピソード\s*(\d{1,4})|第\s*(\d{1,4})\s*話|(\d{1,4})\s*話")
_LENGTH: Final = re.compile(r"[、,]?\s*(?:約)?(\d+(?:\.\d+)?)\s*(秒|分)(?:間|くらい|ほど)?(?:の|で|に)?")
_LATIN: Final = re.compile(r"gen_\w+|[\w./-]+\.(?:wav|mp3|flac|ogg|m4a)", re.IGNORECASE)
_TRAILER: Final = re.compile(r"予告編?|トレーラー|ティザー|PV")
_IT: Final = re.compile(r"それ|これ|あれ")
_CLIP_BEHIND: Final = re.compile(
    r"(?:の|という)?(?:シーン|クリップ|動画|映像|カット|ショット|アニメ)?(?:を|が)?(?:一つ|ひとつ|1つ)?"
    r"(?:作っ|つくっ|作成し|生成し|描い|見せ|撮っ|レンダリングし|ほしい|欲しい|お願い)?(?:て)?$"
)
_CLIP_BEFORE: Final = re.compile(r"^(?:シーン|クリップ|動画|映像)\s*[:：]\s*")


def glossed(text: str) -> str | None:
    """`text` in Japanese as English orders, one a sentence; None where it is not in Japanese."""
    if not _JAPANESE.search(text) or len(re.findall(r"[A-Za-z]{2,}", _LATIN.sub("", text))) > MOST_FOREIGN:
        return None
    sentences = (each.strip() for each in _SENTENCE.split(unicodedata.normalize("NFKC", text)))
    return ". ".join(_order(each) for each in sentences if each)


MOST_FOREIGN: Final = 3
"""Words in Latin letters in a request that is read as Japanese: names, and hardly more."""


def _order(sentence: str) -> str:
    body = _POLITE.sub("", sentence)
    length = _LENGTH.search(body)
    seconds = "" if length is None else f"{length[1]}-{'second' if length[2] == '秒' else 'minute'} "
    body_said = _QUOTED.sub("", body)
    targets = _targets(body_said)
    verb = next((meant for meant, words in _HEADS.items() if any(word in body_said for word in words)), "")
    if _TRAILER.search(body) and verb in {"", "create"}:
        return f"make a {seconds}trailer of {targets or 'the project'}"
    if not verb and _ORDERED.search(sentence):
        return sentence
    if verb in {"", "create"}:
        is_named = bool(_EPISODE.search(body)) and bool(verb)
        return f"render {targets}" if is_named else f"create a {seconds}clip of {_seen(body)}"
    return f"{verb} {targets or ('it' if _IT.search(body) else '')} {seconds}".strip()


def _targets(body: str) -> str:
    """The scenes, episodes, generations and files that a sentence names, in English."""
    named = [f"scene {a or b}" for a, b in _SCENE.findall(body)]
    named += [f"episode {a or b or c}" for a, b, c in _EPISODE.findall(body)]
    named += [found[0] for found in _LATIN.finditer(body)]
    return " and ".join(named)


def _seen(body: str) -> str:
    """What a sentence describes: without its length, its order and what is ordered."""
    told = _CLIP_BEHIND.sub("", _LENGTH.sub("", _CLIP_BEFORE.sub("", body)))
    return told.strip("、, ")

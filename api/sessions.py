"""Sessions of pages: a token is traded for a cookie that all services of a tower accept.

Browsers send no bearer header with pictures, videos and event streams; they do send cookies, to every port of
a host. A session is proven by a code over its end and a nonce, keyed by a secret of this tower and by the
token: whoever reads the cookie learns nothing of the token, and a token that is taken away ends its sessions.

A session has an id that stays while its cookie begins anew with each page. Logging out writes the id down in
a folder of this tower, which every service looks into: a copy of the cookie is worth nothing from then on.
What is written down is removed once no cookie could hold any more.
"""

import hmac
import os
import re
import secrets
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Final

from studio.canonical import digest
from studio.settings import Settings

LASTS_S: Final = 12 * 3600
"""Each page that is opened begins it anew."""

_SECRET_BYTES: Final = 32
_ID: Final = re.compile(r"\d{1,15}-[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Session:
    """A session that holds: its id, and the token for which it was begun."""

    id: str
    token: bytes

    @property
    def begun_ms(self) -> int:
        """When it was begun, milliseconds since 1970."""
        return int(self.id.partition("-")[0])


@dataclass(frozen=True, slots=True)
class Sessions:
    """The sessions of one tower; without tokens there are none."""

    folder: Path
    tokens: Sequence[bytes]

    @property
    def cookie(self) -> str:
        """Its name: two towers of a host do not end each other's sessions."""
        return f"tower_{digest(self._secret().hex())[:8]}"

    def known(self, token: str) -> bool:
        """Whether it is one of the tower's tokens."""
        matches = [hmac.compare_digest(token.encode(), each) for each in self.tokens]
        return any(matches)

    def begin(self, token: bytes, *, now_s: float | None = None) -> str:
        """The value of a cookie for whoever has shown `token`."""
        begun_s = time.time() if now_s is None else now_s
        return self._value(token, begun_s, f"{round(begun_s * 1000)}-{secrets.token_hex(8)}")

    def go_on(self, session: Session, *, now_s: float | None = None) -> str:
        """The value of the cookie with which a session lasts as long again."""
        return self._value(session.token, time.time() if now_s is None else now_s, session.id)

    def found(self, cookies: str | None, *, now_s: float | None = None) -> Session | None:
        """The session of a request; None where there is none that holds."""
        if not self.tokens or not cookies:
            return None
        said, _, code = self._sent(cookies).rpartition(".")
        ends_s, _, name = said.partition(".")
        if (
            not _ID.fullmatch(name)
            or not ends_s.isdecimal()
            or int(ends_s) < (time.time() if now_s is None else now_s)
        ):
            return None
        matching = [each for each in self.tokens if hmac.compare_digest(self._code(said, each), code)]
        if not matching or self._has_ended(session := Session(name, matching[0])):
            return None
        return session

    def end(self, session: Session, *, everywhere: bool = False) -> None:
        """End a session for whoever has its cookie; with `everywhere` all that its token has begun so far."""
        name = self._all_of(session.token) if everywhere else session.id
        self._ended.mkdir(parents=True, exist_ok=True)
        mine = self._ended / f".{secrets.token_hex(8)}"
        mine.write_text(str(round(time.time() * 1000)))
        mine.replace(self._ended / name)
        self._forget()

    @property
    def _ended(self) -> Path:
        return self.folder / "ended-sessions"

    def _has_ended(self, session: Session) -> bool:
        if (self._ended / session.id).exists():
            return True
        try:
            ended_ms = int((self._ended / self._all_of(session.token)).read_text())
        except FileNotFoundError:
            return False
        return session.begun_ms <= ended_ms

    def _forget(self) -> None:
        """What ended so long ago that its cookies do not hold any more need not be known."""
        oldest_s = time.time() - LASTS_S - 1
        for path in self._ended.iterdir():
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < oldest_s:
                    path.unlink()

    def _all_of(self, token: bytes) -> str:
        return f"all-{self._code('all', token)[:32]}"

    def _value(self, token: bytes, now_s: float, name: str) -> str:
        said = f"{int(now_s + LASTS_S)}.{name}"
        return f"{said}.{self._code(said, token)}"

    def _sent(self, cookies: str) -> str:
        try:
            found = SimpleCookie(cookies).get(self.cookie)
        except CookieError:
            return ""
        return "" if found is None or not found.value.isascii() else found.value

    def _code(self, said: str, token: bytes) -> str:
        return hmac.digest(self._secret(), said.encode() + b"." + token, "sha256").hex()

    def _secret(self) -> bytes:
        """Made by whoever needs it first; a link into place is made once, whoever else tries."""
        path = self.folder / "session-secret"
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            mine = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
            with os.fdopen(os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(secrets.token_bytes(_SECRET_BYTES))
            try:
                path.hardlink_to(mine)
            except FileExistsError:
                pass
            finally:
                mine.unlink()
        return path.read_bytes()


def sessions_of(settings: Settings) -> Sessions:
    """The sessions of the tower that has these settings."""
    return Sessions(settings.home / "run", [each.get_secret_value().encode() for each in settings.api_tokens])

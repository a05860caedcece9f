"""Sessions of pages: a token is traded for a cookie that all services of a tower accept.

Browsers send no bearer header with pictures, videos and event streams; they do send cookies, to every port of
a host. A session is proven by a code over its end and a nonce, keyed by a secret of this tower and by the
token: whoever reads the cookie learns nothing of the token, and a token that is taken away ends its sessions.
"""

import hmac
import os
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Final

from studio.canonical import digest
from studio.settings import Settings

LASTS_S: Final = 12 * 3600
"""Each page that is opened begins it anew."""

_SECRET_BYTES: Final = 32


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
        ends_s = int((time.time() if now_s is None else now_s) + LASTS_S)
        said = f"{ends_s}.{secrets.token_hex(8)}"
        return f"{said}.{self._code(said, token)}"

    def token_of(self, cookies: str | None, *, now_s: float | None = None) -> bytes | None:
        """The token for which the session of a request was begun; None where there is none that holds."""
        if not self.tokens or not cookies:
            return None
        said, _, code = self._sent(cookies).rpartition(".")
        ends_s = said.partition(".")[0]
        if not ends_s.isdecimal() or int(ends_s) < (time.time() if now_s is None else now_s):
            return None
        matching = [each for each in self.tokens if hmac.compare_digest(self._code(said, each), code)]
        return matching[0] if matching else None

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

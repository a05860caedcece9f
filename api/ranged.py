"""Files given out whole or in parts, with errors in the envelope."""

import re
from http import HTTPStatus
from pathlib import Path
from typing import Final

from fastapi.responses import FileResponse, Response
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from api import envelope
from api.conditions import is_known

_SPEC: Final = re.compile(r"\d{1,18}-\d{0,18}|-\d{1,18}")
_MOST_PARTS: Final = 16


class RangedFile(FileResponse):
    """A file of which `Range` may ask a part; a range that cannot be read is passed over, as HTTP has it."""

    def __init__(self, path: Path, *, media_type: str, etag: str) -> None:
        headers = {
            "ETag": etag,
            "Cache-Control": "private, no-cache",
            "X-Content-Type-Options": "nosniff",
        }
        super().__init__(path, media_type=media_type, headers=headers, stat_result=path.stat())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        if is_known(headers.get("if-none-match"), self.headers["etag"]):
            kept = {name: self.headers[name] for name in ("etag", "cache-control")}
            await Response(status_code=HTTPStatus.NOT_MODIFIED, headers=kept)(scope, receive, send)
            return
        assert self.stat_result is not None
        size = self.stat_result.st_size
        specs = _specs(headers.get("range"))
        if (
            specs
            and headers.get("if-range") in (None, self.headers["etag"])
            and not _satisfiable(specs, size)
        ):
            await self._refuse(size, scope, receive, send)
            return
        await super().__call__(scope if specs else _without_range(scope), receive, send)

    async def _refuse(self, size: int, scope: Scope, receive: Receive, send: Send) -> None:
        answer = envelope.answer(
            scope,
            HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
            "RANGE_NOT_SATISFIABLE",
            "The file has no such part.",
            details={"field": "Range", "size_bytes": size},
            headers={"Content-Range": f"bytes */{size}"},
        )
        await answer(scope, receive, send)


def _specs(header: str | None) -> list[str]:
    """The parts that are asked for; none where the header is not one of bytes that can be read."""
    unit, _, listed = (header or "").partition("=")
    specs = [spec.replace(" ", "") for spec in listed.split(",")]
    if unit.strip().lower() != "bytes" or len(specs) > _MOST_PARTS:
        return []
    return specs if all(_SPEC.fullmatch(spec) and _ascends(spec) for spec in specs) else []


def _ascends(spec: str) -> bool:
    first, _, last = spec.partition("-")
    return not first or not last or int(first) <= int(last)


def _satisfiable(specs: list[str], size: int) -> bool:
    """Whether each part has a byte within the file; all or none, since parts are sent together."""
    return all(
        int(first) < size if (first := spec.split("-")[0]) else spec != "-0" and size for spec in specs
    )


def _without_range(scope: Scope) -> Scope:
    return {**scope, "headers": [pair for pair in scope["headers"] if pair[0].lower() != b"range"]}

"""The routes of files: what was made, and what is uploaded."""

import asyncio
import mimetypes
from dataclasses import dataclass

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from api.embedded.folders import Folders
from studio.errors import PathNotAllowedError


@dataclass(frozen=True, slots=True)
class FileRoutes:
    """`/view` and `/upload/image`."""

    folders: Folders

    def routes(self) -> list[BaseRoute]:
        """The routes that exist both bare and under `/api`."""
        return [
            Route("/view", self.view, methods=["GET"]),
            Route("/upload/image", self.upload_image, methods=["POST"]),
        ]

    async def view(self, request: Request) -> Response:
        """A file, whole or in ranges; what a browser could run as a page is sent as a download."""
        query = request.query_params
        if not query.get("filename"):
            return Response(status_code=404)
        try:
            path = self.folders.path(
                query.get("type", "output"), query.get("subfolder", ""), query["filename"]
            )
        except PathNotAllowedError:
            return Response(status_code=403)
        if not path.is_file():
            return Response(status_code=404)
        return FileResponse(
            path,
            filename=path.name,
            content_disposition_type="inline" if _is_picture_or_sound(path.name) else "attachment",
            headers={"x-content-type-options": "nosniff"},
        )

    async def upload_image(self, request: Request) -> Response:
        """Keep a picture; the answer has the name under which it is known from now on."""
        async with request.form(max_files=1, max_fields=8) as form:
            image, type_ = form.get("image"), str(form.get("type", "input"))
            subfolder = str(form.get("subfolder", ""))
            overwrite = str(form.get("overwrite", "")).lower() in ("true", "1")
            if not isinstance(image, UploadFile) or not image.filename or type_ not in ("input", "temp"):
                return Response(status_code=400)
            content, filename = await image.read(), image.filename
        try:
            name = await asyncio.to_thread(
                self.folders.store, type_, subfolder, filename, content, overwrite=overwrite
            )
        except PathNotAllowedError:
            return Response(status_code=400)
        return JSONResponse({"name": name, "subfolder": subfolder, "type": type_})


def _is_picture_or_sound(name: str) -> bool:
    kind = mimetypes.guess_type(name)[0] or ""
    return kind.startswith(("image/", "video/", "audio/")) and "svg" not in kind

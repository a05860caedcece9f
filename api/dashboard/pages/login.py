"""The way in: a token is traded for a session."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request, Response

from api.dashboard.view import go, render, sessions, set_session
from api.doors import LOGIN

router = APIRouter(include_in_schema=False)


@router.get(LOGIN)
async def login_page(request: Request, next: str = "/") -> Response:  # noqa: A002
    """Where a token is asked for; who needs none goes on."""
    if not sessions(request).tokens:
        return go(request, "/")
    return render(request, "login.html", next=_ours(next), is_wrong=False)


@router.post(LOGIN)
async def login(
    request: Request,
    token: Annotated[str, Form(max_length=4096)] = "",
    next: Annotated[str, Form(max_length=4096)] = "/",  # noqa: A002
) -> Response:
    """Begin a session, in which all services of this tower know the token."""
    if not sessions(request).known(token):
        return render(request, "login.html", status=401, next=_ours(next), is_wrong=True)
    answer = go(request, _ours(next))
    set_session(request, answer, sessions(request).begin(token.encode()))
    return answer


@router.post("/logout")
async def logout(request: Request, everywhere: Annotated[bool, Form()] = False) -> Response:
    """End the session, also for whoever has a copy of its cookie; or all that were begun with its token."""
    known = sessions(request)
    session = known.found(request.headers.get("cookie"))
    if session is not None:
        known.end(session, everywhere=everywhere)
    answer = go(request, LOGIN)
    answer.delete_cookie(known.cookie, httponly=True, samesite="strict")
    return answer


def _ours(url: str) -> str:
    """Only pages of our own are led back to."""
    parts = urlsplit(url)
    is_ours = not parts.scheme and not parts.netloc and url.startswith("/") and "\\" not in url
    return url if is_ours and not url.startswith("//") else "/"

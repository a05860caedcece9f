"""Storage: what takes how much, and a clean-up that says first what would go."""

from typing import Any, Final

from fastapi import APIRouter, Request, Response

from api.dashboard.asked import FormGiven, number
from api.dashboard.house import Desk, DeskGiven
from api.dashboard.view import go, render
from api.dashboard.words import query

router = APIRouter(prefix="/storage", include_in_schema=False)
KEEPER: Final = "episodes"
"""The service that knows of the store."""


@router.get("")
async def storage_page(
    request: Request, desk: DeskGiven, sums: bool = False, look: bool = False, days: str = "", freed: str = ""
) -> Response:
    """The form at once; with `sums` what everything takes, with `look` what a clean-up would take away."""
    report = await desk.get("/storage", service=KEEPER) if sums else None
    would = await _clean_up(desk, days, apply=False) if look else None
    return render(request, "storage.html", report=report, would=would, days=days, freed=freed)


@router.post("")
async def clean_up(request: Request, desk: DeskGiven, form: FormGiven) -> Response:
    """Look at what would go; or, once that was seen, take it away."""
    days = form.get("days", "").strip()
    if form.get("do") != "apply":
        return go(request, f"/storage{query(look='true', days=days)}")
    gone = await _clean_up(desk, days, apply=True)
    return go(request, f"/storage{query(freed=str(gone['size_bytes']))}")


async def _clean_up(desk: Desk, days: str, *, apply: bool) -> Any:
    old = number(days)
    whole = int(old) if isinstance(old, float) and old.is_integer() else old
    named_by_nobody = {} if whole is None else {"unreferenced_days": whole}
    return await desk.send("POST", "/storage/clean-up", {"apply": apply} | named_by_nobody, service=KEEPER)

"""What a form says, as the API takes it."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends, Request

Fields = Mapping[str, Any]


async def _fields(request: Request) -> dict[str, str]:
    """The fields of a form; the last of a name counts."""
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


async def _lists(request: Request) -> dict[str, list[str]]:
    """The fields of a form, each with all that was chosen of it."""
    form = await request.form()
    return {name: [str(value) for value in form.getlist(name) if value != ""] for name in form}


FormGiven = Annotated[dict[str, str], Depends(_fields)]
ListsGiven = Annotated[dict[str, list[str]], Depends(_lists)]


def filled(form: Fields, *names: str) -> dict[str, Any]:
    """Those of these fields that hold anything."""
    return {name: form[name] for name in names if form.get(name, "").strip()}


def number(text: str | None) -> float | str | None:
    """A number where the field holds one; what is none is left to the API to refuse by name."""
    if text is None or not text.strip():
        return None
    try:
        return float(text)
    except ValueError:
        return text


def names(text: str) -> list[str]:
    """Names with commas between them."""
    return [name.strip() for name in text.split(",") if name.strip()]

"""What a stack says about itself in `run/state.json`, and how it is shown."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from db.embedded.identity import Identity
from deployments.addresses import Addresses
from deployments.supervisor import Slot
from studio.settings import Settings

DOWN, STARTING, UP = "down", "starting", "up"


@dataclass(frozen=True, slots=True)
class Status:
    """The last that a stack wrote, checked against the process that wrote it."""

    document: dict[str, Any]
    supervisor: Identity | None

    @property
    def is_alive(self) -> bool:
        return self.supervisor is not None and self.supervisor.is_alive()

    @property
    def state(self) -> str:
        return str(self.document["state"]) if self.is_alive else DOWN

    @property
    def error(self) -> str:
        """Why it went down, where it did so for a reason."""
        return str(self.document.get("error") or "")

    @property
    def mark(self) -> str:
        return str(self.document.get("mark", ""))

    def addresses(self) -> Addresses:
        fields = dict(self.document["addresses"])
        return Addresses(**{**fields, "comfyui_urls": tuple(fields["comfyui_urls"])})

    def public(self, home: Path) -> dict[str, Any]:
        """What `tower status --json` prints: no secrets."""
        parts = self.document.get("parts", []) if self.is_alive else []
        why = {"error": self.error} if self.error and not self.is_alive else {}
        return {"state": self.state, "home": str(home), "parts": parts, **why}


def read(settings: Settings) -> Status:
    """The state of the stack of this home; of none, if there never was one."""
    try:
        document = json.loads(_file(settings).read_text())
    except FileNotFoundError:
        return Status({"state": DOWN}, None)
    return Status(document, Identity(**document["supervisor"]))


def write(
    settings: Settings, *, state: str, mark: str, slots: Sequence[Slot] = (),
    addresses: Addresses | None = None, error: str = "",
) -> None:  # fmt: skip
    """Replace the state in one piece; only its owner reads it, for it holds the database's password."""
    own = Identity.of(os.getpid())
    document = {
        "state": state, "home": str(settings.home), "error": error, "mark": mark,
        "supervisor": {"pid": os.getpid(), "started": own.started if own else 0.0},
        "addresses": addresses.as_json() if addresses else None, "parts": [_part(slot) for slot in slots],
    }  # fmt: skip
    partial = _file(settings).with_suffix(f".{os.getpid()}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(document, file)
    partial.replace(_file(settings))


def table(document: dict[str, Any]) -> Table:
    """The public document for people."""
    why = f"\n{document['error']}" if "error" in document else ""
    title = Text(f"Tower {document['state']}: {document['home']}{why}")
    shown = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1))
    for column in ("part", "state", "address", "pid", "restarts", "since (UTC)"):
        shown.add_column(column, overflow="fold", no_wrap=column != "address")
    for part in document["parts"]:
        state = f"{part['state']}, external" if part["kind"] == "external" else part["state"]
        pid, restarts, since = str(part["pid"] or ""), str(part["restarts"]), part["since"][11:19]
        shown.add_row(part["name"], state, escape(part["address"]), pid, restarts, since)
    return shown


def _part(slot: Slot) -> dict[str, Any]:
    since = datetime.fromtimestamp(slot.since, UTC).isoformat(timespec="seconds")
    return {
        "name": slot.part.name,
        "kind": "embedded" if slot.part.start else "external",
        "state": slot.state,
        "address": slot.part.address(),
        "pid": slot.running.pid if slot.running else None,
        "restarts": slot.restarts,
        "since": since.replace("+00:00", "Z"),
    }


def _file(settings: Settings) -> Path:
    return settings.run_dir / "state.json"

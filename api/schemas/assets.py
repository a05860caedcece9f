"""Files in the store, as they are shown."""

from typing import Any

from pydantic import Field

from api.schemas.fields import Shown, Time


class AssetShown(Shown):
    """A file in the store; `path` is good for `image_path`, `audio_path` and `video_path`."""

    sha256: str
    path: str
    kind: str = Field(description="picture | sound | video, or take | clip where a generation made it")
    size_bytes: int
    project_id: int | None
    media_type: str = Field(examples=["image/png"])
    created_at: Time
    removed_at: Time | None = Field(description="When the file was taken away; null: it is there.")
    removed_why: str | None = Field(
        examples=["rejected"], description="rejected | intermediate | unreferenced"
    )


class MadeBy(Shown):
    """A take that a file is, with what made it."""

    generation_id: str
    take: int
    role: str = Field(description="take: as rendered; clip: on its music")
    project_id: int
    title: str
    status: str
    workflow: str
    workflow_hash: str
    model: str
    seed: int
    server: str | None
    inputs_hash: str
    tree_hash: str | None
    parents: list[str] = Field(description="The files that it was made of, by their hashes.")
    parameters: dict[str, Any]
    repaired_from: int | None
    repairs: list[dict[str, Any]]
    created_at: Time


class UsedBy(Shown):
    """A column whose rows name a file."""

    table: str = Field(examples=["anime_api.characters"])
    column: str = Field(examples=["image_path"])
    rows: int
    names: list[str] = Field(description="The first twenty, by id or name.")


class AssetDetailed(AssetShown):
    """A file in the store, what made it, and what names it."""

    made_by: list[MadeBy]
    used_by: list[UsedBy]

"""Publications and the media server, as they are shown."""

from typing import Literal

from pydantic import BaseModel, Field

from api.schemas.fields import Asked, Name, Time


class PublicationBrief(BaseModel):
    """A video in the library, and whether the media server lists it."""

    season: int
    number: int
    path: str
    state: Literal["folder", "pending", "listed", "not_listed", "unpublished"]
    item_id: str | None = Field(description="The media server's id of it.")
    url: str | None = Field(description="Where the media server's own pages show it.")
    reason: str | None = Field(description="Why it is not listed, or not let go of, so far as is known.")
    published_at: Time | None
    listed_at: Time | None
    unpublished_at: Time | None


class PublicationShown(PublicationBrief):
    """A publication, with what it is of."""

    kind: Literal["clip", "episode", "trailer"]
    generation_id: str | None
    episode_id: int | None
    updated_at: Time


class PublishAccepted(BaseModel):
    """A publishing under way, which `GET /generations/{generation_id}` follows; of a dry run how it is."""

    generation_id: str
    status: Literal["processing", "completed", "needs_review"] = "processing"


class JellyfinShown(BaseModel):
    """The media server as it stands."""

    state: Literal["absent", "unreachable", "refused", "no_library", "ready"]
    reason: str | None
    url: str | None
    version: str | None
    path: str | None = Field(description="The library's folder on this machine.")
    server_path: str | None = Field(description="What the media server calls that folder.")
    library: str | None = Field(description="The library of the media server's that has the folder.")


class LibraryAsked(Asked):
    """A library that the media server is to have."""

    name: Name = "Tower"

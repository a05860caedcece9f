"""What takes how much, and what a clean-up takes away, as they are asked and shown."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field

from api.schemas.fields import Asked, Id, number


class Amount(BaseModel):
    """So many files of so many bytes."""

    files: int
    size_bytes: int


class OfProject(Amount):
    """What a project's files take; without a project, those of projects that are gone, and of nobody."""

    project_id: int | None
    name: str | None
    by_state: dict[str, Amount]


class StoreShown(Amount):
    """The content-addressed store."""

    by_state: dict[str, Amount] = Field(
        description="in_use | published | approved | intermediate | rejected | unreferenced"
    )
    by_kind: dict[str, Amount]
    by_project: list[OfProject]


class StorageShown(BaseModel):
    """What takes how much."""

    store: StoreShown
    folders: dict[str, Amount] | None = Field(
        default=None, description="library, media, backups, caches, renderer, logs, half_stored"
    )
    database_bytes: int | None = None
    clean_up: Amount = Field(description="What a clean-up would free now.")


class CleanUpAsked(Asked):
    """A clean-up; without `apply` it only says what would go."""

    apply: bool = False
    project_id: Id | None = None
    unreferenced_days: Annotated[int, BeforeValidator(number), Field(ge=1, le=36_500)] | None = Field(
        default=None, description="What nobody names and was stored so many days ago goes as well."
    )


class Gone(BaseModel):
    """A file that goes."""

    sha256: str
    standing: str
    size_bytes: int
    kind: str | None
    project_id: int | None


class CleanUpShown(Amount):
    """What went, or would."""

    applied: bool
    by_state: dict[str, Amount]
    first: list[Gone] = Field(description="The first hundred.")
    named_meanwhile: int = Field(description="Files that stayed since somebody named or stored them.")

"""Branches, commits, merges and tags, as they are sent and shown."""

from typing import Annotated, Any, Final, Literal

from pydantic import ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from api.schemas.fields import Asked, Id, Json, Name, Object, Shown, Text, Time

_BRANCH: Final[JsonDict] = {
    "project_id": 1,
    "branch_name": "experimental_ending",
    "source_branch": "main",
}
_COMMIT: Final[JsonDict] = {
    "project_id": 1,
    "branch": "main",
    "message": "Added character backstory",
    "changes": {"characters": {"Kai Nakamura": {"backstory": "Raised by the Village Elder"}}},
}
_MERGE: Final[JsonDict] = {
    "project_id": 1,
    "source_branch": "experimental_ending",
    "target_branch": "main",
    "message": "Merge experimental ending",
}
Message = Annotated[Text, StringConstraints(min_length=1, max_length=10_000, pattern=r"\S")]
Kind = Literal["first", "commit", "merge", "revert", "cherry-pick"]


class BranchAsked(Asked):
    """A branch to be made of another."""

    model_config = ConfigDict(json_schema_extra={"examples": [_BRANCH]})

    project_id: Id
    branch_name: Name
    source_branch: Name = "main"


class BranchShown(Shown):
    """A line of work; `has_uncommitted_work` where it holds what its head does not."""

    id: int
    project_id: int
    branch_name: str
    head_commit_id: str | None
    has_uncommitted_work: bool
    created_at: Time
    updated_at: Time


class CommitAsked(Asked):
    """What is to be recorded: all that was changed, and `changes` besides."""

    model_config = ConfigDict(json_schema_extra={"examples": [_COMMIT]})

    project_id: Id
    branch: Name = "main"
    message: Message
    changes: Object = Field(
        default_factory=dict,
        description="A JSON merge patch (RFC 7396) over the project's tree; a character goes by id or name, "
        "a scene by id or number. Keys that the tree does not have are kept with the commit as `notes`.",
    )


class CommitShown(Shown):
    """A recorded state of a project."""

    id: str
    project_id: int
    branch: str
    kind: Kind
    message: str
    parents: list[str]
    tree_hash: str
    notes: dict[str, Any]
    created_at: Time


class MergeAsked(Asked):
    """A branch to be merged into another."""

    model_config = ConfigDict(json_schema_extra={"examples": [_MERGE]})

    project_id: Id
    source_branch: Name
    target_branch: Name = "main"
    message: Message | None = None
    dry_run: bool = False


class PickAsked(Asked):
    """A commit to be undone, or done once more, on a branch."""

    project_id: Id
    branch: Name = "main"
    commit_id: Name
    message: Message | None = None
    dry_run: bool = False


class ConflictShown(Shown):
    """What both sides changed, each in its way; `path` is a JSON Pointer into the entity."""

    entity: str = Field(examples=["scenes/7"])
    path: str = Field(examples=["/description"])
    base: Any
    ours: Any
    theirs: Any
    kind: Literal["modify/modify", "delete/modify", "add/add", "duplicate", "dangling"]


class MergeShown(Shown):
    """What became of a merge, a revert or a cherry-pick."""

    status: Literal["open", "merged", "aborted", "up_to_date", "clean", "conflicts"]
    merge_id: int | None = None
    commit_id: str | None = None
    commit: CommitShown | None = None
    conflicts: list[ConflictShown] = Field(default_factory=list)


MergeStatus = Literal["open", "merged", "aborted"]


class MergeListed(Shown):
    """A merge that met conflicts, and how many are left to decide."""

    merge_id: int
    status: MergeStatus
    kind: Literal["merge", "revert", "cherry-pick"]
    source: str = Field(description="A branch, or of a revert or a cherry-pick the commit.")
    target_branch: str
    message: str
    conflicts: int
    commit_id: str | None
    created_at: Time
    updated_at: Time


class ResolutionAsked(Asked):
    """A decision on one conflict."""

    entity: Name
    path: Annotated[str, Field(max_length=10_000)] = ""
    choose: Literal["base", "ours", "theirs", "value"]
    value: Json = None


class ResolutionsAsked(Asked):
    """Decisions on some of a merge's conflicts, or on all."""

    resolutions: Annotated[list[ResolutionAsked], Field(max_length=1_000)]


class TagAsked(Asked):
    """A name for a commit: `ref` is a branch, a commit or another tag."""

    project_id: Id
    name: Name
    ref: Name = "main"
    message: Text = ""


class TagShown(Shown):
    """A name for a commit."""

    project_id: int
    name: str
    commit_id: str
    message: str
    created_at: Time


class FieldChange(Shown):
    """A field that differs; null where it is not there."""

    path: str
    base: Any
    head: Any


class EntityChange(Shown):
    """An entity that differs."""

    entity: str
    kind: Literal["added", "deleted", "modified"]
    changes: list[FieldChange]


class DiffShown(Shown):
    """What leads from one state to another."""

    base: str
    head: str
    changes: list[EntityChange]

"""The catalogue of errors: five families, each fault named once."""

from typing import Any


class StudioError(Exception):
    """Tower could not do what was asked, and nobody outside is to blame."""

    code: str = "INTERNAL_ERROR"

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class InvalidError(StudioError):
    """What was sent cannot be accepted; `details` names field, value and what was expected."""

    code = "VALIDATION_ERROR"


class NotFoundError(StudioError):
    """Nothing goes by that name or id."""

    code = "NOT_FOUND"


class ConflictError(StudioError):
    """The request is well formed and clashes with the present state."""

    code = "CONFLICT"


class UnavailableError(StudioError):
    """A part that Tower depends on does not answer."""

    code = "UNAVAILABLE"


class PathNotAllowedError(InvalidError):
    """A path leads outside the media roots, or to something that is no file."""

    code = "PATH_NOT_ALLOWED"


class IdentityUnavailableError(UnavailableError):
    """What tells characters apart by learned features is not there, or failed."""

    code = "IDENTITY_UNAVAILABLE"


class MediaError(InvalidError):
    """A file cannot be read as the picture, sound or video it should be."""


class SyncPointError(InvalidError):
    """No cut can be brought onto a sync point within the limits of speed."""

    code = "SYNC_POINT_UNREACHABLE"


class FileMissingError(NotFoundError):
    """A path names no file."""

    code = "FILE_NOT_FOUND"


class ConsistencyError(ConflictError):
    """The request contradicts the project's characters or bible."""

    code = "CONSISTENCY_CONFLICT"


class ArchiveError(InvalidError):
    """A file is no archive of Tower's, was cut off or changed, or holds what it must not."""

    code = "ARCHIVE_INVALID"


class NewerArchiveError(ArchiveError):
    """An archive was written by a newer Tower than this."""

    code = "ARCHIVE_NEWER"


class IdempotencyError(InvalidError):
    """An idempotency key was sent again with another body."""

    code = "IDEMPOTENCY_KEY_REUSED"


class DuplicateError(ConflictError):
    """Something of that name or number is there already."""

    code = "DUPLICATE"


class NotEmptyError(ConflictError):
    """A backup is restored into what is empty, and this is not."""

    code = "NOT_EMPTY"


class MergeConflictError(ConflictError):
    """Both branches changed the same field."""

    code = "MERGE_CONFLICT"


class NothingToCommitError(ConflictError):
    """The branch is as its last commit has it."""

    code = "NOTHING_TO_COMMIT"


class ContentionError(ConflictError):
    """Two changes waited for each other, and this one gave way; sent again, it goes through."""

    code = "CONTENTION"


class PreconditionError(ConflictError):
    """What `If-Match` names has changed since it was read."""

    code = "PRECONDITION_FAILED"


class SupersededError(ConflictError):
    """Another attempt owns this generation now; leave, touching nothing."""

    code = "SUPERSEDED"


class StateError(ConflictError):
    """What was asked does not fit the generation's present state."""

    code = "INVALID_STATE"


class ScenesMissingError(StateError):
    """An episode waits for scenes that could not be made, or wait for a person's eye."""

    code = "SCENES_MISSING"


class SyncOffsetError(StudioError):
    """Sound and picture of a clip that was just made lie further apart than a frame."""

    code = "SYNC_OFFSET"


class PublishNotSeenError(StudioError):
    """What lies in the library is not what the media server lists."""

    code = "PUBLISH_NOT_SEEN"


class PlanIncompleteError(StudioError):
    """Steps of a confirmed plan failed, or were left because others did."""

    code = "PLAN_INCOMPLETE"


class RenderError(StudioError):
    """A renderer took the prompt and did not deliver."""

    code = "RENDER_FAILED"


class GraphError(RenderError):
    """A renderer refused the graph: a node, link or value of it is wrong."""

    code = "INVALID_GRAPH"


class MissingModelError(GraphError):
    """The graph names a model that the renderer does not have."""

    code = "MISSING_MODEL"


class MissingNodeError(GraphError):
    """The graph uses a node class that the renderer does not have."""

    code = "MISSING_NODE"


class OutOfMemoryError(RenderError):
    """The GPU's memory did not suffice."""

    code = "OUT_OF_MEMORY"


class RenderStalledError(RenderError):
    """A render showed no progress for longer than the watchdog allows."""

    code = "RENDER_STALLED"


class RenderLostError(RenderError):
    """A renderer no longer knows a prompt that it had accepted, or has no file of it any more."""

    code = "RENDER_LOST"


class RenderEmptyError(RenderError):
    """A renderer finished a prompt without a video, or with an empty one."""

    code = "RENDER_EMPTY"


class RenderInterruptedError(RenderError):
    """Somebody stopped the prompt at the renderer."""

    code = "RENDER_INTERRUPTED"


class RendererDiskError(RenderError):
    """The renderer's disk is full."""

    code = "RENDERER_DISK_FULL"


class RendererGoneError(RenderError):
    """A renderer that had a prompt did not answer for longer than is waited for."""

    code = "RENDERER_GONE"


class RendererUnavailableError(UnavailableError):
    """A renderer does not answer, or not as ComfyUI does."""

    code = "RENDERER_UNAVAILABLE"


class JellyfinUnavailableError(UnavailableError):
    """The media server does not answer, or not as Jellyfin does."""

    code = "JELLYFIN_UNAVAILABLE"


class JellyfinRefusedError(JellyfinUnavailableError):
    """The media server does not take the API key, or none is set."""

    code = "JELLYFIN_REFUSED"


class LanguageModelError(UnavailableError):
    """No language model answers: nobody there, no such model, or not in time."""

    code = "LANGUAGE_MODEL_UNAVAILABLE"


class AnswerUnusableError(LanguageModelError):
    """A language model answered, and not what it was asked for."""

    code = "LANGUAGE_MODEL_UNUSABLE"


class StorageError(UnavailableError):
    """The disk is full, or a folder cannot be written."""

    code = "STORAGE_UNAVAILABLE"


class BusyError(UnavailableError):
    """Every process for long computations is taken, and enough requests wait for one."""

    code = "BUSY"


class ComputeError(UnavailableError):
    """A computation took too long and was ended, or its process died."""

    code = "COMPUTE_FAILED"


class StackError(UnavailableError):
    """A part of the stack could not be started."""

    code = "STACK_UNAVAILABLE"


class PortTakenError(StackError):
    """Another program listens on a port that a part needs."""

    code = "PORT_TAKEN"

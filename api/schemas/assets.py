"""Files in the store, as they are shown."""

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

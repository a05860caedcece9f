"""What holds on a timeline."""

from sqlalchemy import select, tuple_
from sqlmodel import Session, col

from db.models.story import StorylineContext


def context(
    session: Session, timeline_id: int, *, limit: int, after: tuple[int, ...]
) -> list[StorylineContext]:
    """What holds on a timeline by scene number, from what follows a scene number and an id."""
    place = tuple_(col(StorylineContext.from_scene_number), col(StorylineContext.id))
    query = select(StorylineContext).where(col(StorylineContext.timeline_id) == timeline_id, place > after)
    ordered = query.order_by(col(StorylineContext.from_scene_number), col(StorylineContext.id))
    return list(session.scalars(ordered.limit(limit)))

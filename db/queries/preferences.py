"""What a user likes, as it was put or learned, and what a style's name stands for."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Select, case, func, literal, or_, select, union_all
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from db.models.judgement import CreativeDecision, Feedback, UserCreativePreferences
from db.models.learning import StyleTemplate
from db.models.production import GenerationRequest
from studio.echo.liking import Evidence, learn_from

RECENT: Final = 200
"""How many of the newest ratings and approvals are evidence."""
_NOBODY: Final = ""


def of_user(session: Session, token: str) -> UserCreativePreferences:
    """The preferences of the user of a token; all open where none were put."""
    return session.get(UserCreativePreferences, token) or UserCreativePreferences(token=token, learned={})


def in_effect(session: Session, token: str) -> UserCreativePreferences:
    """What holds where the user's request does not say: what was put, else what was learned."""
    row = of_user(session, token)
    learned = {name: told["value"] for name, told in (row.learned or {}).items()}
    return UserCreativePreferences(
        token=token,
        style=row.style or learned.get("style"),
        quality=row.quality or learned.get("quality"),
        duration_s=row.duration_s or learned.get("duration_s"),
    )


def put(session: Session, token: str, values: Mapping[str, Any]) -> UserCreativePreferences:
    """Note what is preferred from now on."""
    entry = insert(UserCreativePreferences).values(token=token, **values)
    session.execute(
        entry.on_conflict_do_update(index_elements=["token"], set_={**values, "updated_at": func.now()})
    )
    return session.get_one(UserCreativePreferences, token, populate_existing=True)


def learn(session: Session, token: str | None = None) -> None:
    """Read anew what a user's ratings and approvals tell; without a token, of all users.

    Approvals that are nobody's in particular tell of everybody's likes.
    """
    session.flush()
    everybody = session.scalars(select(col(UserCreativePreferences.token))).all()
    for each in [token] if token is not None else {*everybody, _NOBODY}:
        rows = session.execute(_evidence(each)).all()
        learned = learn_from([Evidence(*row) for row in rows])
        put(session, each, {"learned": learned})


def template(session: Session, style: str) -> StyleTemplate | None:
    """The template of that name, where there is one."""
    return session.scalar(select(StyleTemplate).where(col(StyleTemplate.name) == style))


def _evidence(token: str) -> Select[Any]:
    """Style, quality and length of what was judged, and by how much it was liked; newest first."""
    liked = case((col(Feedback.rating) >= 4, 1), (col(Feedback.rating) <= 2, -1), else_=0)
    rated = select(col(Feedback.generation_id), liked.label("liked"), col(Feedback.created_at)).where(
        col(Feedback.token) == token
    )
    decided = select(
        col(CreativeDecision.generation_id),
        case((col(CreativeDecision.decision) == "approve", 1), else_=-1).label("liked"),
        col(CreativeDecision.created_at),
    ).where(
        col(CreativeDecision.made_by) == "person",
        col(CreativeDecision.decision).in_(("approve", "reject")),
        or_(col(CreativeDecision.token).is_(None), col(CreativeDecision.token) == token),
    )
    judged = union_all(rated, decided).subquery()
    return (
        select(
            col(GenerationRequest.style),
            col(GenerationRequest.quality),
            col(GenerationRequest.duration_s),
            judged.c.liked,
        )
        .join(judged, judged.c.generation_id == col(GenerationRequest.generation_id))
        .where(judged.c.liked != literal(0))
        .order_by(judged.c.created_at.desc())
        .limit(RECENT)
    )

"""What the database says of itself."""

from sqlalchemy import select
from sqlalchemy.exc import ProgrammingError
from sqlmodel import Session

from db.models.base import Table


def can_read(session: Session, *tables: type[Table]) -> bool:
    """Whether all of these tables are there and can be read by us."""
    try:
        session.execute(select(*(select(table).exists() for table in tables)))
    except ProgrammingError:
        return False
    return True

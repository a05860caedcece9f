"""What all tables share: names of constraints, UTC timestamps, JSON columns."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Column, DateTime, MetaData, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

NAMES: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
API: Final = "anime_api"
PUBLIC: Final = None  # the default schema of the connection, which is `public`


class Table(SQLModel):
    """The base of every table of Tower."""

    metadata = MetaData(naming_convention=NAMES)


def utc(*, nullable: bool = False) -> Any:
    """A timestamp with time zone: set when the row is written or, nullable, when something happens."""
    defaults = {} if nullable else {"server_default": func.now()}
    return Field(
        default=None,
        sa_type=DateTime(timezone=True),
        nullable=nullable,
        sa_column_kwargs=defaults,
    )


def json_column(name: str | None = None, *, nullable: bool = False, empty: str = "{}") -> Any:
    """A JSONB column; `empty` is the value of a row that does not name it."""
    default = None if nullable else empty
    return Field(
        default=None,
        sa_column=Column(name, JSONB(none_as_null=True), nullable=nullable, server_default=default),
    )


Moment = datetime

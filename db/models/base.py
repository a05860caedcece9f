"""What all tables share: names of constraints, UTC timestamps, JSON columns."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import CheckConstraint, Column, DateTime, ForeignKeyConstraint, MetaData, Sequence, func
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


def one_of(column: str, words: tuple[str, ...]) -> CheckConstraint:
    """A text column that holds one of a few words."""
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def entity_id(sequence: Sequence) -> Any:
    """An id that is the same on every branch: the next of its kind, where none is given."""
    return Field(
        default=None,
        primary_key=True,
        sa_column_args=[sequence],
        sa_column_kwargs={"server_default": sequence.next_value()},
    )


def of_project() -> Any:
    """The project that a row belongs to; the row goes with it."""
    return Field(foreign_key=f"{API}.anime_projects.id", ondelete="CASCADE")


def of_branch() -> ForeignKeyConstraint:
    """Entity rows name project and branch, and the two must belong together."""
    return ForeignKeyConstraint(
        ["project_id", "branch_id"], [f"{API}.branches.project_id", f"{API}.branches.id"], ondelete="CASCADE"
    )


Moment = datetime

"""What has ended, counted by triggers: it stays counted whatever becomes of it."""

from sqlalchemy import BigInteger, SmallInteger
from sqlmodel import Field

from db.models.base import API, Table


class GenerationsEnded(Table, table=True):
    """How often generations ended in a status; in slots, so that hardly any two wait for one row."""

    __tablename__ = "generations_ended"
    __table_args__ = ({"schema": API},)

    status: str = Field(primary_key=True)
    slot: int = Field(primary_key=True, sa_type=SmallInteger, sa_column_kwargs={"autoincrement": False})
    count: int = Field(sa_type=BigInteger)


class StagesEnded(Table, table=True):
    """How many stages ended in which bucket of durations, and their seconds; in slots like those."""

    __tablename__ = "stages_ended"
    __table_args__ = ({"schema": API},)

    stage: str = Field(primary_key=True)
    bucket: int = Field(primary_key=True, sa_type=SmallInteger, sa_column_kwargs={"autoincrement": False})
    slot: int = Field(primary_key=True, sa_type=SmallInteger, sa_column_kwargs={"autoincrement": False})
    count: int = Field(sa_type=BigInteger)
    seconds: float

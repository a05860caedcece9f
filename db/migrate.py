"""Brings a database to the newest schema; safe to call from several processes at once."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool
from sqlmodel import Session

from db.locks import Lock
from db.queries import workflows
from db.session import psycopg_url


def configuration() -> Config:
    """Where the migrations are."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def upgrade(url: str) -> None:
    """Run what migrations are missing, under an advisory lock, and register the shipped workflows."""
    config = configuration()
    engine = create_engine(psycopg_url(url), poolclass=NullPool)
    with engine.connect() as holder:
        holder.execute(text("SELECT pg_advisory_lock(:key)"), {"key": Lock.MIGRATIONS})
        holder.commit()
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
        with Session(engine) as session, session.begin():
            workflows.register_shipped(session)

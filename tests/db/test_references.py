"""Every column that can name a file of the store is known to be one that does."""

import importlib
import pkgutil

import pytest
from sqlalchemy import BigInteger, Boolean, DateTime, Float, Integer, TextClause, Uuid, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlmodel import Session

import db.models
from db.models.base import Table
from db.models.production import Stage, Take
from db.queries import assets, storage
from db.references import OF_GENERATIONS, Holder, mentions
from db.session import transaction
from tests.fakes.generations import new_generation

CANNOT = (Integer, BigInteger, Float, Boolean, DateTime, Uuid, TSVECTOR)
"""Types that hold neither a hash nor a path."""

for module in pkgutil.iter_modules(db.models.__path__):
    importlib.import_module(f"db.models.{module.name}")


@pytest.fixture
def known(connected: object) -> set[Holder]:
    with transaction() as session:
        return set(storage.holders(session))


def test_each_column_that_can_hold_a_hash_or_a_path_is_a_known_place(known: set[Holder]) -> None:
    can = {
        Holder(table.schema or "public", table.name, column.name)
        for table in Table.metadata.tables.values()
        for column in table.columns
        if not isinstance(column.type, CANNOT) and column.computed is None
    }
    own = {each for each in can if each.table == "assets"}
    assert {each.column for each in own} == {"sha256", "path", "kind", "removed_why"}
    assert can - own <= known
    assert len(can) > 200


def test_the_places_of_generations_are_places(known: set[Holder]) -> None:
    assert known >= OF_GENERATIONS


HASH = "ab" * 32
PATH = f"/home/assets/sha256/ab/{'ab' * 31}.mp4"


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (HASH, {HASH}),
        (PATH, {HASH}),
        (f'{{"a": [{{"path": "{PATH}"}}]}}', {HASH}),
        (f"{'cd' * 32},{HASH};{'ef' * 32}", {HASH, "cd" * 32, "ef" * 32}),
        (f"a{HASH}", set()),
        (f"{HASH}0", set()),
        (HASH[:-1], set()),
    ],
)
def test_a_hash_is_found_wherever_it_stands(connected: object, value: str, found: set[str]) -> None:
    with transaction() as session:
        session.execute(text("CREATE TEMP TABLE said (it text) ON COMMIT DROP"))
        session.execute(text("INSERT INTO said VALUES (:value)"), {"value": value})
        assert _mentioned(session) == found


def _mentioned(session: Session) -> set[str]:
    schema = session.scalar(text("SELECT nspname FROM pg_namespace WHERE oid = pg_my_temp_schema()"))
    return set(session.scalars(text(mentions([Holder(str(schema), "said", "it")]))))


def test_no_place_of_generations_is_passed_over_by_their_claims(connected: object) -> None:
    """A hash in each of them, and each is claimed."""
    values = {holder: f"{number:064x}" for number, holder in enumerate(sorted(OF_GENERATIONS), 1)}
    with transaction() as session:
        job = new_generation(session)
        for sha256 in values.values():
            asset = {"sha256": sha256, "path": f"/gone/{sha256}", "kind": "take", "size_bytes": 1}
            assets.add(session, **asset, project_id=job.project_id)
        take = {
            "attempt": 1,
            "inputs_hash": "x",
            "workflow": "w",
            "workflow_hash": "x",
            "model": "m",
            "seed": 1,
        }
        session.add(Take(generation_id=job.id, take=1, **take))
        session.add(Stage(generation_id=job.id, stage="sync", take=1, attempt=1, result={}))
        session.flush()
        for holder, sha256 in values.items():
            session.execute(_put(holder), {"value": _as(holder, sha256), "id": job.id})
        claimed = {note.sha256 for note in storage.claims(session).notes if note.generation_id == job.id}
        assert claimed >= set(values.values())
        session.rollback()


def _put(holder: Holder) -> TextClause:
    owner = "id" if holder.table == "production_jobs" else "generation_id"
    table = f"{holder.schema}.{holder.table}"
    return text(f"UPDATE {table} SET {holder.column} = :value WHERE {owner} = :id")


def _as(holder: Holder, sha256: str) -> str:
    if holder.column.endswith("sha256"):
        return sha256
    path = f"/assets/sha256/{sha256[:2]}/{sha256[2:]}.mp4"
    return path if holder.column.endswith("path") else f'{{"in": ["{path}"]}}'

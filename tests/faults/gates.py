"""Gates in a tower's database: a run waits at one, inside a stage, until the test lets it through.

A gate is a trigger that waits for a lock which the test holds. It stands where a stage is done and about to
be recorded; at `publish` it stands between the rename of the file and the commit that notes it, at `step 2`
where the second step of a plan is begun or done and about to be noted. Production
code knows nothing of it, and no run waits but those whose title was named.
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import psycopg

from tests.fakes.serving import wait_until

CLASS = 7_461
ARRIVES_WITHIN_S = 300.0

SCHEMA = """
CREATE SCHEMA faults;
CREATE TABLE faults.gates (id serial PRIMARY KEY, title text, stage text, UNIQUE (title, stage));
CREATE FUNCTION faults.pass(generation text, at text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE gate integer;
BEGIN
    SELECT g.id INTO gate FROM faults.gates g JOIN anime_api.production_jobs j ON j.title = g.title
    WHERE j.id = generation AND g.stage = at;
    IF FOUND THEN PERFORM pg_advisory_xact_lock_shared(7461, gate); END IF;
END $$;
CREATE FUNCTION faults.at_stage() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM faults.pass(NEW.generation_id, NEW.stage); RETURN NEW; END $$;
CREATE FUNCTION faults.at_publish() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM faults.pass(NEW.id, 'publish'); RETURN NEW; END $$;
CREATE FUNCTION faults.at_number() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM faults.pass(NEW.generation_id, 'number'); RETURN NEW; END $$;
CREATE FUNCTION faults.at_step() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM faults.pass(NEW.generation_id, 'step ' || NEW.step); RETURN NEW; END $$;
CREATE TABLE faults.elsewhere (title text PRIMARY KEY);
CREATE FUNCTION faults.move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM faults.elsewhere e WHERE e.title = NEW.title) THEN
        NEW.run_host := 'elsewhere';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER moved BEFORE UPDATE ON anime_api.production_jobs FOR EACH ROW
    WHEN (NEW.attempt = 1 AND OLD.run_host IS NULL AND NEW.run_host IS NOT NULL)
    EXECUTE FUNCTION faults.move();
CREATE TRIGGER gate BEFORE UPDATE ON anime_api.generation_stages FOR EACH ROW
    WHEN (OLD.finished_at IS NULL AND NEW.finished_at IS NOT NULL AND NEW.stage <> 'publish')
    EXECUTE FUNCTION faults.at_stage();
CREATE TRIGGER gate BEFORE UPDATE ON anime_api.production_jobs FOR EACH ROW
    WHEN (OLD.published_path IS DISTINCT FROM NEW.published_path) EXECUTE FUNCTION faults.at_publish();
CREATE TRIGGER gate BEFORE INSERT ON anime_api.specials FOR EACH ROW
    WHEN (NEW.generation_id IS NOT NULL) EXECUTE FUNCTION faults.at_number();
CREATE TRIGGER gate BEFORE INSERT ON anime_api.director_steps FOR EACH ROW EXECUTE FUNCTION faults.at_step();
"""

WAITING = "SELECT objid FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND NOT granted"


def build(url: str) -> None:
    """Put the gates' machinery into the database."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(SCHEMA)


@dataclass
class Gates:
    """Closed gates; what holds them shut is this object's connection."""

    url: str
    numbers: dict[tuple[str, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._connection = psycopg.connect(self.url, autocommit=True)

    def close(self, title: str, stage: str) -> None:
        """The next run of `title` that gets there waits."""
        row = self._connection.execute(
            "INSERT INTO faults.gates (title, stage) VALUES (%s, %s) RETURNING id", [title, stage]
        ).fetchone()
        assert row is not None
        self.numbers[title, stage] = row[0]
        self._connection.execute("SELECT pg_advisory_lock(%s, %s)", [CLASS, row[0]])

    def carry_elsewhere(self, title: str) -> None:
        """The first run of `title` is shown as one of another host, whose process no judge here can end."""
        self._connection.execute("INSERT INTO faults.elsewhere VALUES (%s)", [title])

    def await_arrival(self, title: str, stage: str) -> None:
        """Return once a run waits at that gate."""
        number = self.numbers[title, stage]
        wait_until(lambda: number in self._waited_at(), timeout_s=ARRIVES_WITHIN_S)

    def open(self, title: str, stage: str) -> None:
        """Let who waits through, and whoever comes after."""
        number = self.numbers.pop((title, stage))
        try:
            self._connection.execute("DELETE FROM faults.gates WHERE id = %s", [number])
            self._connection.execute("SELECT pg_advisory_unlock(%s, %s)", [CLASS, number])
        except psycopg.OperationalError:  # the database was the victim: what it held shut is open
            self._reconnect()
            self._connection.execute("DELETE FROM faults.gates WHERE id = %s", [number])

    def open_all(self) -> None:
        for title, stage in list(self.numbers):
            self.open(title, stage)
        self._connection.close()

    def _waited_at(self) -> set[int]:
        return {row[0] for row in self._connection.execute(WAITING, [CLASS])}

    def _reconnect(self) -> None:
        self._connection.close()
        self._connection = connect(self.url)


@contextmanager
def gates(url: str, closed: Iterable[tuple[str, str]] = ()) -> Iterator[Gates]:
    """Gates that are open again at the end, whatever happens."""
    built = Gates(url)
    try:
        for title, stage in closed:
            built.close(title, stage)
        yield built
    finally:
        built.open_all()


def connect(url: str, within_s: float = 60.0) -> "psycopg.Connection[Any]":
    """A connection to a database that may just be coming back."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        with suppress(psycopg.OperationalError):
            return psycopg.connect(url, autocommit=True, connect_timeout=5)
        time.sleep(0.05)
    return psycopg.connect(url, autocommit=True)

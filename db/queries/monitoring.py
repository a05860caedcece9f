"""What PostgreSQL says of itself, in its own views."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import TextClause, select, text
from sqlalchemy.exc import ProgrammingError
from sqlmodel import Session

from db.models.base import Table

MOST: Final = 1000
"""So many tables and indexes are told of, the largest first."""

_DATABASE: Final = text("""
    SELECT current_database() AS name, current_setting('server_version') AS version,
        pg_postmaster_start_time() AS started_at, pg_is_in_recovery() AS is_standby,
        pg_database_size(current_database()) AS size_bytes,
        (SELECT version_num FROM alembic_version) AS revision,
        blks_hit::float / nullif(blks_hit + blks_read, 0) AS cache_hit_rate,
        xact_commit AS commits, xact_rollback AS rollbacks, deadlocks, temp_bytes
    FROM pg_stat_database WHERE datname = current_database()
""")
_CONNECTIONS: Final = text("""
    SELECT count(*) AS used, current_setting('max_connections')::int AS most,
        count(*) FILTER (WHERE state = 'active') AS active,
        count(*) FILTER (WHERE state = 'idle') AS idle,
        count(*) FILTER (WHERE state LIKE 'idle in transaction%') AS idle_in_transaction,
        count(*) FILTER (WHERE wait_event_type = 'Lock') AS waiting_for_locks,
        extract(epoch FROM max(clock_timestamp() - xact_start)
            FILTER (WHERE pid <> pg_backend_pid()))::float AS longest_transaction_s
    FROM pg_stat_activity WHERE datname = current_database()
""")
_TABLES: Final = text("""
    SELECT schemaname AS "schema", relname AS "table", n_live_tup AS rows, n_dead_tup AS dead_rows,
        pg_total_relation_size(relid) AS size_bytes, pg_indexes_size(relid) AS index_bytes,
        seq_scan AS sequential_scans, coalesce(idx_scan, 0) AS index_scans,
        greatest(last_vacuum, last_autovacuum) AS vacuumed_at,
        greatest(last_analyze, last_autoanalyze) AS analyzed_at
    FROM pg_stat_user_tables WHERE schemaname IN ('anime_api', 'public')
    ORDER BY size_bytes DESC, 1, 2 LIMIT :most
""")
_INDEXES: Final = text("""
    SELECT schemaname AS "schema", relname AS "table", indexrelname AS "index", idx_scan AS scans,
        pg_relation_size(indexrelid) AS size_bytes
    FROM pg_stat_user_indexes WHERE schemaname IN ('anime_api', 'public')
    ORDER BY size_bytes DESC, 1, 3 LIMIT :most
""")
_REPLICAS: Final = text("""
    SELECT application_name AS name, state, sync_state,
        pg_wal_lsn_diff(sent_lsn, replay_lsn)::bigint AS behind_bytes,
        extract(epoch FROM replay_lag)::float AS behind_s
    FROM pg_stat_replication ORDER BY 1 LIMIT :most
""")


def can_read(session: Session, *tables: type[Table]) -> bool:
    """Whether all of these tables are there and can be read by us."""
    try:
        session.execute(select(*(select(table).exists() for table in tables)))
    except ProgrammingError:
        return False
    return True


def database(session: Session) -> dict[str, Any]:
    """The database as a whole: size, migrations, cache, deadlocks; since its statistics were reset."""
    return _rows(session, _DATABASE)[0]


def connections(session: Session) -> dict[str, Any]:
    """Who is connected, what they wait for, and the oldest open transaction of others."""
    return _rows(session, _CONNECTIONS)[0]


def tables(session: Session) -> list[dict[str, Any]]:
    """Our tables, the largest first; rows as the statistics estimate them."""
    return _rows(session, _TABLES, most=MOST)


def indexes(session: Session) -> list[dict[str, Any]]:
    """Their indexes, the largest first, and how often each was used."""
    return _rows(session, _INDEXES, most=MOST)


def replicas(session: Session) -> list[dict[str, Any]]:
    """The servers that follow this one, and how far behind they are."""
    return _rows(session, _REPLICAS, most=MOST)


def _rows(session: Session, query: TextClause, **values: object) -> list[dict[str, Any]]:
    found: Sequence[Any] = session.execute(query, values).mappings().all()
    return [dict(row) for row in found]

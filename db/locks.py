"""The advisory locks of a tower's database, so that no two features share a number."""

from enum import IntEnum


class Lock(IntEnum):
    """Keys of `pg_advisory_lock`."""

    TOWER = 7_460_001
    MIGRATIONS = 7_460_002
    RECONCILER = 7_460_003
    LIBRARY_SCAN = 7_460_004
    PUBLICATIONS = 7_460_005
    STORE = 7_460_010

"""What this process counts about itself, for Prometheus."""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, ProcessCollector

PROCESS: Final = CollectorRegistry()
ProcessCollector(registry=PROCESS)
_CACHES: Final = Counter(
    "tower_cache_requests",
    "How often a cache of this process was asked, and whether it knew.",
    ["cache", "outcome"],
    registry=PROCESS,
)


class Cache:
    """The counts of one cache."""

    def __init__(self, name: str) -> None:
        self._hits, self._misses = _CACHES.labels(name, "hit"), _CACHES.labels(name, "miss")

    def count(self, *, is_hit: bool) -> None:
        (self._hits if is_hit else self._misses).inc()

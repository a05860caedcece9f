"""The worker's process as the stack starts it, for a pool of tests; READY is its first argument."""

import asyncio
import os
import sys
from pathlib import Path

from deployments.registry import Pool, Queue
from deployments.worker import work
from studio import log
from studio.settings import read_settings

FORGE = Pool("forge", 2, (Queue("interactive", 1), Queue("batch", 5, 1)))
FILE = Path(__file__).with_name("flows.yaml")

if __name__ == "__main__":
    log.configure()
    asyncio.run(work(read_settings(), [FORGE], FILE, registers=True, ready=Path(sys.argv[1])))
    os._exit(0)

"""A module that starts a thread when it is imported, as a fork server must not have."""

import threading

from prefect import flow

threading.Thread(target=threading.Event().wait, name="stray", daemon=True).start()


@flow(name="threaded", persist_result=False)
async def threaded() -> None:
    """Never run."""

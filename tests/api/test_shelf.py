"""A list that is kept in memory is never behind what its reader, or anybody, has written."""

import time
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import text

from db.session import transaction

A = "/api/anime"


def ids(client: TestClient) -> list[str]:
    found: list[dict[str, Any]] = client.get(f"{A}/projects").json()
    return [project["id"] for project in found]


def test_a_writer_reads_its_own_writes(client: TestClient) -> None:
    for _ in range(5):
        ids(client)
        made = client.post(f"{A}/projects", json={"name": "Shelf"}).json()["id"]
        assert made in ids(client)
        client.put(f"{A}/projects/{made}", json={"description": "changed"})
        shown = next(each for each in client.get(f"{A}/projects").json() if each["id"] == made)
        assert shown["description"] == "changed"
        assert client.delete(f"{A}/projects/{made}").status_code == 204
        assert made not in ids(client)


def test_what_another_process_writes_is_heard_of(client: TestClient) -> None:
    made = client.post(f"{A}/projects", json={"name": "Shelf"}).json()["id"]
    ids(client)
    with transaction() as session:
        session.execute(
            text("UPDATE anime_api.anime_projects SET name = 'Elsewhere' WHERE id = :id"), {"id": made}
        )
    deadline = time.monotonic() + 5
    while True:
        shown = next(each for each in client.get(f"{A}/projects").json() if each["id"] == made)
        if shown["name"] == "Elsewhere":
            break
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_pages_are_kept_apart_with_their_links(client: TestClient) -> None:
    for number in range(3):
        client.post(f"{A}/projects", json={"name": f"Shelf {number}"})
    whole = ids(client)
    for _ in range(2):
        seen: list[str] = []
        url: str | None = f"{A}/projects?limit=2"
        while url is not None:
            answer = client.get(url)
            seen += [project["id"] for project in answer.json()]
            link = answer.headers.get("Link")
            url = None if link is None else link.split(";")[0].strip("<>")
        assert seen == whole

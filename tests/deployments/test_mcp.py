"""The tools for agents: equal to the public API, and called over the protocol's own client."""

import re
import sys
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import pytest
from jsonschema import Draft202012Validator
from mcp import Client, StdioServerParameters
from mcp_types import CallToolResult, TextContent

from api import echo, episodes, music, production
from deployments.addresses import Addresses
from deployments.mcp_server import TOOLS, serve
from deployments.mcp_tools import ANIME, ECHO, EPISODES, MUSIC, Effect, Tool
from studio.echo.actions import ACTIONS
from studio.errors import StackError, UnavailableError
from studio.settings import Settings
from tests.fakes.serving import serving

PREFIXES = {ANIME: "/api/anime", EPISODES: "/api/anime", MUSIC: "/api", ECHO: "/api/echo"}


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The OpenAPI document of each service."""
    settings = Settings(home=tmp_path_factory.mktemp("mcp"))
    services = {ANIME: production, EPISODES: episodes, MUSIC: music, ECHO: echo}
    return {name: service.create_app(settings).openapi() for name, service in services.items()}


def operation(documents: dict[str, Any], tool: Tool, method: str = "", path: str | None = None) -> Any:
    paths = documents[tool.service]["paths"]
    return paths[PREFIXES[tool.service] + (path or tool.path)][(method or tool.method).lower()]


def body_of(documents: dict[str, Any], tool: Tool) -> dict[str, Any]:
    body = operation(documents, tool).get("requestBody")
    if body is None:
        return {"properties": {}}
    name = body["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    found: dict[str, Any] = documents[tool.service]["components"]["schemas"][name]
    return found


@pytest.mark.parametrize("tool", TOOLS.values(), ids=lambda tool: tool.name)
def test_a_tool_is_a_call_of_the_public_api_with_its_parameters(
    documents: dict[str, Any], tool: Tool
) -> None:
    asked = operation(documents, tool)
    places = {(each["in"], each["name"]): each for each in asked.get("parameters", [])}
    assert {name for place, name in places if place == "path"} == set(tool.inside or {})
    wanted = {*(tool.query or {}), *(("limit", "cursor") if tool.is_list else ())}
    wanted |= {"dry_run"} if tool.is_tried else set()
    assert wanted <= {name for place, name in places if place == "query"}
    assert tool.has_dry_run or tool.is_tried == (("query", "dry_run") in places)
    body = body_of(documents, tool)
    sent = {*(tool.body or {}), *(("dry_run",) if tool.has_dry_run else ())}
    assert sent <= set(body["properties"])
    needed = {name for (place, name), each in places.items() if each.get("required") and place == "query"}
    assert needed | set(body.get("required", ())) <= set(tool.required) | set(tool.inside or {})
    assert tool.is_keyed <= (("header", "idempotency-key") in {(p, n.lower()) for p, n in places})
    assert (tool.method == "GET") <= (tool.effect is Effect.READS)


@pytest.mark.parametrize("tool", [tool for tool in TOOLS.values() if tool.look], ids=lambda tool: tool.name)
def test_what_a_dry_run_looks_at_can_be_looked_at(documents: dict[str, Any], tool: Tool) -> None:
    assert operation(documents, tool, "GET", tool.look)


def parameters(schema: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Each parameter, and those inside of it, by name."""
    for inner, each in schema.get("properties", {}).items():
        yield f"{name}.{inner}", each
        yield from parameters(each, f"{name}.{inner}")
        yield from parameters(each.get("items", {}), f"{name}.{inner}")


@pytest.mark.parametrize("tool", TOOLS.values(), ids=lambda tool: tool.name)
def test_a_tool_can_be_used_rightly_at_first_sight(tool: Tool) -> None:
    schema = tool.schema()
    Draft202012Validator.check_schema(schema)
    found = dict(parameters(schema))
    assert [name for name, each in found.items() if not each.get("description")] == []
    assert [name for name, each in found.items() if "type" not in each and not name.endswith(".value")] == []
    objects = [schema, *(each for each in found.values() if each.get("type") == "object")]
    loose = {"changes"}  # a merge patch over whatever the project holds
    named = {id(each): name.rpartition(".")[2] for name, each in found.items()}
    assert [each for each in objects if named.get(id(each)) not in loose and each.get("additionalProperties")
            is not False] == []  # fmt: skip


def test_what_publishes_changes_or_ends_something_asks_first() -> None:
    asking = {tool.name for tool in TOOLS.values() if tool.asks_first}
    assert asking >= {"cancel_generation", "approve_generation", "merge", "update_scene", "update_character"}
    assert all(tool.look or tool.has_dry_run for tool in TOOLS.values() if tool.asks_first)


def test_every_action_of_the_director_has_a_tool_that_is_no_less_careful() -> None:
    served = {tool.action for tool in TOOLS.values() if tool.action}
    assert served == set(ACTIONS)
    for tool in TOOLS.values():
        action = ACTIONS.get(tool.action)
        if action is not None:
            assert tool.asks_first >= action.needs_confirmation, tool.name
            assert (tool.effect is Effect.READS) == action.reads_only, tool.name


def _trouble(*_: object) -> None:
    raise UnavailableError("Prefect does not answer.")


@pytest.fixture(scope="module")
def addresses(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Addresses]:
    """The services over HTTP but for music, with nobody to carry generations."""
    home = tmp_path_factory.mktemp("mcp-home")
    settings = Settings(home=home, rate_per_s=10_000)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DATABASE_URL", database)
        with (
            serving(production.create_app(settings, replace(production.REAL, submit=_trouble))) as anime,
            serving(episodes.create_app(settings)) as shows,
            serving(echo.create_app(settings, submit=_trouble)) as director,
        ):
            yield Addresses(
                anime, "", "", (), "", music_url="http://127.0.0.1:1", episodes_url=shows, echo_url=director
            )


Talk = Callable[[Client], Coroutine[Any, Any, Any]]


def talk(addresses: Callable[[], Addresses], what: Talk) -> Any:
    """Have a conversation with the server in this process."""

    async def converse() -> Any:
        async with Client(serve(addresses)) as client:
            return await what(client)

    return anyio.run(converse)


def call(addresses: Addresses, tool: str, /, **given: Any) -> CallToolResult:
    found = talk(lambda: addresses, lambda client: client.call_tool(tool, given))
    assert isinstance(found, CallToolResult)
    return found


def done(addresses: Addresses, tool: str, /, **given: Any) -> Any:
    result = call(addresses, tool, **given)
    assert not result.is_error, result.content
    return result.structured_content


def refused(addresses: Addresses, tool: str, /, **given: Any) -> str:
    result = call(addresses, tool, **given)
    assert result.is_error
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


def test_tools_come_with_schemas_and_hints(addresses: Addresses) -> None:
    listed = talk(lambda: addresses, lambda client: client.list_tools())
    found = {tool.name: tool for tool in listed.tools}
    assert set(found) == set(TOOLS)
    assert found["list_scenes"].annotations.read_only_hint is True
    assert found["list_scenes"].input_schema["required"] == ["project_id"]
    assert found["produce"].annotations.read_only_hint is False
    assert found["produce"].annotations.destructive_hint is False
    assert found["cancel_generation"].annotations.destructive_hint is True
    assert "dry run" in found["cancel_generation"].description


@pytest.fixture(scope="module")
def project(addresses: Addresses) -> int:
    return int(done(addresses, "create_project", name="An agent's project")["id"])


def test_lists_come_page_by_page(addresses: Addresses) -> None:
    asked = {"project_id": int(done(addresses, "create_project", name="Three of them")["id"])}
    for name in ("Kai", "Mira", "Sen"):
        done(addresses, "create_character", name=name, **asked)
    first = done(addresses, "list_characters", limit=2, **asked)
    rest = done(addresses, "list_characters", limit=2, cursor=first["next_cursor"], **asked)
    assert [each["name"] for each in first["items"] + rest["items"]] == ["Kai", "Mira", "Sen"]
    assert rest["next_cursor"] is None


def test_the_same_key_makes_one_clip(addresses: Addresses, project: int) -> None:
    asked = {"project_id": project, "prompt": "a lantern", "duration": 1, "idempotency_key": "once"}
    first, second = (done(addresses, "produce", **asked) for _ in range(2))
    assert first["generation_id"] == second["generation_id"]
    assert done(addresses, "read_generation", generation_id=first["generation_id"])["status"] == "processing"
    other = {**asked, "prompt": "two lanterns"}
    assert "IDEMPOTENCY_KEY_REUSED" in refused(addresses, "produce", **other)


def test_a_change_is_a_dry_run_until_it_is_meant(addresses: Addresses, project: int) -> None:
    scene = done(addresses, "create_scene", project_id=project, scene_number=1, description="a gate")
    change = {"scene_id": scene["id"], "description": "a gate at night"}
    dry = done(addresses, "update_scene", **change)
    assert dry["dry_run"] is True
    assert dry["would_call"] == f"PUT /api/anime/scenes/{scene['id']}"
    assert dry["present"]["description"] == "a gate"
    assert dry["with"] == {"description": "a gate at night"}
    assert done(addresses, "list_scenes", project_id=project)["items"][0]["description"] == "a gate"
    changed = done(addresses, "update_scene", **change, dry_run=False)
    assert changed["description"] == "a gate at night"


def test_a_merge_is_tried_without_being_made(addresses: Addresses, project: int) -> None:
    branches = {"project_id": project, "source_branch": "dusk", "target_branch": "main"}
    done(addresses, "create_branch", project_id=project, branch_name="dusk")
    done(addresses, "create_character", project_id=project, name="Mira", branch="dusk")
    done(addresses, "merge", **branches)
    assert done(addresses, "list_characters", project_id=project)["items"] == []
    done(addresses, "merge", **branches, dry_run=False)
    assert [each["name"] for each in done(addresses, "list_characters", project_id=project)["items"]] == [
        "Mira"
    ]


def test_ids_are_taken_as_answers_spell_them(addresses: Addresses) -> None:
    project = done(addresses, "create_project", name="As it is spelt")["id"]
    assert isinstance(project, str)
    asked = {"project_id": project}
    scene = done(addresses, "create_scene", **asked, scene_number=1, description="a gate")["id"]
    done(addresses, "create_character", **asked, name="Kai")
    assert len(done(addresses, "list_characters", **asked)["items"]) == 1
    made = done(addresses, "produce", **asked, prompt="a gate", duration=1)
    assert done(addresses, "read_generation", generation_id=made["generation_id"])["project_id"] == int(
        project
    )
    done(addresses, "plan_request", query="Make a clip of a gate", context={**asked, "scene_id": scene})


@pytest.mark.parametrize(
    "name", ["approve_generation", "reject_generation", "retry_generation", "publish_clip", "unpublish_clip"]
)
@pytest.mark.parametrize("dry_run", [True, False])
def test_what_would_be_refused_is_refused_in_a_dry_run_too(
    addresses: Addresses, project: int, name: str, dry_run: bool
) -> None:
    made = done(addresses, "produce", project_id=project, prompt="a lantern", duration=1)
    given = {"generation_id": made["generation_id"], "dry_run": dry_run}
    assert "409 INVALID_STATE" in refused(addresses, name, **given)


def test_a_dry_run_tells_what_it_would_be_done_to_and_leaves_it(addresses: Addresses, project: int) -> None:
    made = done(addresses, "produce", project_id=project, prompt="a lantern", duration=1)["generation_id"]
    dry = done(addresses, "cancel_generation", generation_id=made)
    assert dry["would_call"] == f"POST /api/anime/generations/{made}/cancel"
    assert dry["present"]["status"] == "processing"
    assert done(addresses, "read_generation", generation_id=made)["status"] == "processing"


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("read_generation", {"generation_id": "gen_none\n"}, r"does not match"),
        ("produce", {"project_id": 1, "prompt": "x", "idempotency_key": "\u00e9"}, r"does not match"),
        ("produce", {"project_id": 1, "prompt": "x", "idempotency_key": "a\nb"}, r"does not match"),
        ("produce", {"project_id": 1, "prompt": "x" * 100_000}, r"(?s)^.{,500} is too long$"),
        ("read_conversation", {"conversation_id": ".."}, r"does not match"),
        ("create_scene", {"project_id": "one", "scene_number": 1}, r"does not match"),
        ("publish_episode", {"episode_id": "../../projects"}, r"does not match"),
        ("produce", {"project_id": True, "prompt": "x"}, r"True is not of type"),
        ("plan_request", {"query": "x", "context": {"project": 1}}, r"'project' was unexpected"),
        ("approve_generation", {"generation_id": "gen_none"}, r"404 NOT_FOUND"),
        ("publish_episode", {"episode_id": 2**30}, r"404 NOT_FOUND"),
        ("render_episode", {"episode_id": 2**30}, r"404 NOT_FOUND"),
        ("confirm_plan", {"plan_id": "plan_00"}, r"404 NOT_FOUND"),
        (
            "resolve_merge",
            {"merge_id": 2**30, "resolutions": [{"entity": "x", "choose": "ours"}]},
            r"404 NOT_FOUND",
        ),
        ("list_scenes", {}, r"'project_id' is a required property"),
        ("list_scenes", {"project_id": 1, "sql": "DROP TABLE"}, r"'sql' was unexpected"),
        ("list_scenes", {"project_id": 2**30}, r"404 NOT_FOUND: .*\(request req_"),
        ("read_generation", {"generation_id": "../projects"}, r"does not match"),
        ("give_feedback", {"generation_id": "gen_none", "rating": 5}, r"404 NOT_FOUND"),
        ("search_music", {"q": "x"}, r"music at http://127\.0\.0\.1:1 does not answer"),
        ("tower_down", {}, r"There is no tool tower_down\. There are: list_projects"),
    ],
)
def test_what_goes_wrong_is_told_in_words(
    addresses: Addresses, name: str, given: dict[str, Any], words: str
) -> None:
    assert re.search(words, refused(addresses, name, **given))


def test_without_a_tower_each_tool_says_how_to_start_one() -> None:
    def nowhere() -> Addresses:
        raise StackError("No tower is up: start it with `tower up --detach`.")

    result = talk(nowhere, lambda client: client.call_tool("list_projects", {}))
    assert result.is_error
    assert "tower up --detach" in result.content[0].text


def test_the_verb_serves_on_standard_input_and_output(tmp_path: Path) -> None:
    tower = Path(sys.executable).parent / "tower"
    started = StdioServerParameters(
        command=str(tower), args=["mcp"], env={"TOWER_HOME": str(tmp_path), "HOME": str(tmp_path)}
    )

    async def converse() -> tuple[set[str], CallToolResult]:
        async with Client(started) as client:
            names = {tool.name for tool in (await client.list_tools()).tools}
            result = await client.call_tool("list_projects", {})
            assert isinstance(result, CallToolResult)
            return names, result

    names, result = anyio.run(converse)
    assert names == set(TOOLS)
    assert result.is_error
    (content,) = result.content
    assert isinstance(content, TextContent)
    assert f"No tower is up in {tmp_path}" in content.text

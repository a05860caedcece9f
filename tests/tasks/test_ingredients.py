"""The chain of consistency: what characters and scenes say reaches the graphs that have places for it."""

import hashlib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import httpx
import numpy as np
import pytest
from PIL import Image

from db.models.production import Asset, Take
from db.models.project import Branch, Scene
from db.queries import branches, characters, commits, decisions, generations, scenes, takes
from db.queries.branches import Hold
from db.queries.ownership import Run
from db.session import transaction
from studio.clients import media
from studio.clients.comfyui import ComfyUI
from studio.fitting import Shape, fit
from studio.shipped import ANIMATIC, SHIPPED
from studio.versions.patch import taken_apart
from studio.workflows import Binding, Needs, Workflow, bind
from tasks.assess import assess_take
from tasks.check import check_consistency
from tasks.ingredients import Ingredients, gather, graph_values, pin
from tasks.plan import plan_scene
from tasks.publish import publish_clip
from tasks.render import render_take
from tasks.sync import sync_to_beat
from tests.fakes.comfyui import FakeComfyUI, fake_comfyui
from tests.fakes.generations import new_branch, new_generation

INPUTS: dict[str, Any] = {
    "prompt": "", "seed": 0, "steps": 30, "width": 64, "height": 64, "frames": 5, "fps": 16.0,
    "first_frame": "", "reference_1": "", "lora_1": "", "lora_1_strength": 1.0,
}  # fmt: skip


def workflow(*names: str, optional: tuple[str, ...] = ()) -> Workflow:
    """A graph of one node with an input of its own for each of the values."""
    always = ("prompt", "seed", "width", "height", "frames", "fps")
    bound = {name: Binding("1", name) for name in (*always, *names)}
    graph = {"1": {"class_type": "Model", "inputs": {name: INPUTS[name] for name in bound}}}
    spared = {"negative", "storyboard", "cfg", "steps", "filename_prefix"} | set(optional)
    return Workflow("model", graph, bound, Needs(), frozenset(spared))


LIKENESSES = ("reference_1", "lora_1", "lora_1_strength", "first_frame")
CHAIN = workflow("steps", *LIKENESSES, optional=LIKENESSES)


@pytest.fixture(scope="module")
def server() -> Iterator[FakeComfyUI]:
    with fake_comfyui() as fake:
        yield fake


@pytest.fixture
def fake(server: FakeComfyUI, connected: Path, monkeypatch: pytest.MonkeyPatch) -> FakeComfyUI:
    server.reset(output=clip(connected, 24))
    monkeypatch.setenv("TOWER_COMFYUI_URLS", server.url)
    monkeypatch.setenv("TOWER_POLL_S", "0.05")
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    return server


@pytest.fixture
def client(fake: FakeComfyUI) -> Iterator[ComfyUI]:
    with httpx.Client(base_url=fake.url, trust_env=False) as http:
        yield ComfyUI(http)


@pytest.fixture
def branch(connected: Path) -> Branch:
    with transaction() as session:
        return new_branch(session)


def clip(folder: Path, frames: int, shade: int = 0) -> bytes:
    """A soft texture that wanders, shaded; its last frame differs from its first."""
    texture = np.random.default_rng(5).integers(shade, shade + 100, (9, 40, 3), np.uint8)
    wide = np.asarray(cv2.resize(texture, (320, 72), interpolation=cv2.INTER_CUBIC), np.uint8)
    media.encode_video(
        [wide[:, 2 * at : 2 * at + 128] for at in range(frames)],
        folder / "clip.mp4",
        fps=Fraction(24),
        size=(128, 72),
    )
    return (folder / "clip.mp4").read_bytes()


def picture(home: Path, name: str = "kai.png", tone: int = 90) -> Path:
    path = home / "media" / name
    path.parent.mkdir(exist_ok=True)
    Image.new("RGB", (32, 32), (tone, 20, 20)).save(path)
    return path


def cast(branch: Branch, name: str, image: Path | None = None, **values: Any) -> None:
    """A character of the branch, or what becomes of the one there is."""
    given = {"image_path": None if image is None else str(image), "details": {}, **values}
    with transaction() as session:
        known = characters.page(session, branch, limit=1, after=0, name=name)
        if known:
            characters.change(session, known[0], given)
        else:
            characters.create(session, branch, {"name": name, **given})


def scene(branch: Branch, number: int, **details: Any) -> int:
    with transaction() as session:
        values = {"scene_number": number, "description": "a pass", "details": details}
        made = scenes.create(session, branch, values, ())
        assert made.scene.id is not None
        return made.scene.id


def checked(branch: Branch, **asked: Any) -> Run:
    """A generation whose cast is known."""
    with transaction() as session:
        run = Run(new_generation(session, branch, **{"prompt": "Kai in the snow", **asked}).id, 1)
    plan_scene.fn(run)
    check_consistency.fn(run)
    return run


def found(run: Run) -> list[tuple[str, str]]:
    with transaction() as session:
        findings = generations.view(session, run.generation_id)["findings"]
    return [(finding["weight"], finding["message"]) for finding in findings]


def pinned(run: Run, of: Workflow, shape: Shape | None = None) -> Take:
    made_of = gather(run, 1)
    pin(run, 1, made_of, of, shape or made_of.shape)
    with transaction() as session:
        return takes.get(session, run.generation_id, 1)


def values(made_of: Ingredients, of: Workflow, client: ComfyUI) -> dict[str, Any]:
    given = graph_values(made_of, of, client, made_of.shape, filename_prefix="tower/x")
    inputs: dict[str, Any] = bind(of, given)["1"]["inputs"]
    return inputs


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_characters_likeness_reaches_a_graph_that_has_places_for_it(
    fake: FakeComfyUI, client: ComfyUI, branch: Branch, connected: Path
) -> None:
    image = picture(connected)
    likeness = {"lora": "kai.safetensors", "lora_strength": 0.8, "trigger_words": "sks kai", "seed": 77}
    cast(branch, "Kai", image, comfyui_workflow="anime_character_v2", details=likeness)
    run = checked(branch)
    made_of = gather(run, 1)
    given = values(made_of, CHAIN, client)
    assert made_of.preferred_workflow == "anime_character_v2"
    assert made_of.gives(CHAIN) == {"reference_1", "lora_1", "lora_1_strength"}
    assert (given["lora_1"], given["lora_1_strength"], given["seed"]) == ("kai.safetensors", 0.8, 77)
    assert given["prompt"] == "Kai in the snow. Kai: sks kai. anime style"
    assert given["first_frame"] == ""  # a graph that can spare one does not begin with a portrait
    assert fake.uploads == {given["reference_1"]: image.read_bytes()}
    take = pinned(run, CHAIN)
    assert take.parameters["reference_1"] == sha256(image)
    assert (take.parameters["lora_1"], take.parameters["passed_over"]) == ("kai.safetensors", [])


def test_a_graph_without_places_gets_nothing_more_and_the_take_says_so(
    fake: FakeComfyUI, client: ComfyUI, branch: Branch, connected: Path
) -> None:
    cast(branch, "Kai", picture(connected), details={"lora": "kai.safetensors"})
    run = checked(branch, parameters={"cfg": 6.0})
    assert values(gather(run, 1), workflow(), client).keys() == workflow().bindings.keys()
    assert fake.uploads == {}
    passed_over = pinned(run, workflow()).parameters["passed_over"]
    assert passed_over == ["cfg", "lora_1", "lora_1_strength", "reference_1"]
    drawn = pinned(run, ANIMATIC).parameters
    assert drawn["passed_over"] == ["cfg", "lora_1", "lora_1_strength"]
    assert drawn["reference_1"] == sha256(connected / "media" / "kai.png")


def test_a_graph_that_needs_a_first_frame_begins_with_the_reference_where_it_was_named(
    fake: FakeComfyUI, client: ComfyUI, branch: Branch, connected: Path
) -> None:
    graph = workflow("first_frame")
    cast(branch, "Kai", picture(connected))
    assert gather(checked(branch), 1).gives(graph) == {"reference_1"}  # nobody asked for a portrait's motion
    cast(branch, "Kai", picture(connected), comfyui_workflow=graph.name)
    made_of = gather(checked(branch), 1)
    assert made_of.gives(graph) == {"reference_1", "first_frame"}
    given = values(made_of, graph, client)
    assert fake.uploads == {given["first_frame"]: (connected / "media" / "kai.png").read_bytes()}
    cast(branch, "Kai")
    assert gather(checked(branch), 1).gives(CHAIN) == frozenset()


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_graph_takes_what_a_take_gives_it(
    name: str, fake: FakeComfyUI, client: ComfyUI, branch: Branch, connected: Path
) -> None:
    of = SHIPPED[name]
    cast(branch, "Kai", picture(connected), details={"lora": "kai.safetensors"})
    rich = gather(checked(branch, prompt="Kai in the snow", workflow=name), 1)
    poor = gather(checked(branch, prompt="snow"), 1)
    needed = of.bindings.keys() - of.optional
    for made_of in (rich, poor):
        shape = fit(made_of.shape, of.limits)
        given = graph_values(made_of, of, client, shape, filename_prefix="tower/x")
        if needed - given.keys():
            assert made_of is poor
            assert needed - given.keys() == {"first_frame"}
            continue
        graph = bind(of, given)
        assert ("lora_1" in graph) == (made_of is rich and "lora_1" in of.bindings)


def test_a_reference_is_kept_as_it_was_when_it_was_checked(
    fake: FakeComfyUI, client: ComfyUI, branch: Branch, connected: Path
) -> None:
    image = picture(connected)
    before = image.read_bytes()
    cast(branch, "Kai", image)
    run = checked(branch)
    image.unlink()
    values(gather(run, 1), CHAIN, client)
    assert list(fake.uploads.values()) == [before]


def test_a_reference_goes_by_its_content_and_not_by_its_name(
    fake: FakeComfyUI, client: ComfyUI, branch: Branch, connected: Path
) -> None:
    image = picture(connected, "odd.png")
    cast(branch, "Kai", image.rename(image.with_name("kai.txt")))
    values(gather(checked(branch), 1), CHAIN, client)
    assert [Path(name).suffix for name in fake.uploads] == [".png"]


def test_metadata_and_pictures_that_cannot_be_used_are_told(branch: Branch, connected: Path) -> None:
    text = connected / "media" / "kai.png"
    text.parent.mkdir()
    text.write_text("no picture")
    cast(branch, "Kai", text, details={"lora": 7, "trigger_words": "sks kai", "seed": -1})
    run = checked(branch)
    weights, messages = zip(*found(run), strict=True)
    assert weights == ("not judged", "warning", "warning")
    assert [
        name
        for name in ("picture of Kai", "metadata.lora of", "metadata.seed of")
        if name not in str(messages)
    ] == []
    assert "sks kai" in gather(run, 1).prompt
    assert gather(run, 1).gives(CHAIN) == frozenset()


def test_a_seed_asked_for_wins_then_that_of_the_one_character_who_has_one(branch: Branch) -> None:
    at = scene(branch, 1)
    cast(branch, "Kai", details={"seed": 77})
    cast(branch, "Rei")
    both = {"prompt": "Kai and Rei", "scene_id": at}

    def seeds(**asked: Any) -> tuple[int, int]:
        run = checked(branch, **{**both, **asked})
        first = gather(run, 1).seed
        with transaction() as session:
            job = generations.get(session, run.generation_id)
            job.take = 2
            decisions.decide(session, job, "retry", anew=True)
        return first, int(plan_scene.fn(run)["seed"])

    fixed, second = seeds()
    assert (fixed, seeds(seed=5)[0]) == (77, 5)
    assert second not in (77, 5)
    cast(branch, "Rei", details={"seed": 78})
    derived = seeds()
    assert derived == seeds()  # the same scene and the same take
    assert derived[1] == second
    assert derived[0] not in (77, 78, second)


def published(branch: Branch, scene_id: int) -> Run:
    run = checked(branch, scene_id=scene_id)
    for stage in (render_take, assess_take, sync_to_beat, publish_clip):
        stage.fn(run)
    return run


def test_a_scene_that_continues_begins_with_the_end_of_the_one_before(
    fake: FakeComfyUI, client: ComfyUI, branch: Branch, connected: Path
) -> None:
    before, after = scene(branch, 1), scene(branch, 2, continues=True)
    cast(branch, "Kai", picture(connected))
    published(branch, before)
    fake.output = clip(connected, 24, shade=100)
    published(branch, before)  # the newest counts
    run = checked(branch, scene_id=after)
    made_of = gather(run, 1)
    given = values(made_of, CHAIN, client)
    shown = connected / "uploaded.png"
    shown.write_bytes(fake.uploads[given["first_frame"]])
    *_, last = media.read_clip(connected / "clip.mp4")
    with Image.open(shown) as frame:
        assert frame.size == (128, 72)
        assert np.abs(np.asarray(frame.convert("L"), float).mean() - last.luma.mean()) < 4
    assert pinned(run, CHAIN).parameters["first_frame"] == sha256(shown)
    assert found(run) == []
    with transaction() as session:
        assert session.get_one(Asset, sha256(shown)).kind == "frame"
    assert gather(checked(branch, scene_id=before), 1).first_frame is None


def test_scenes_follow_each_other_as_they_are_arranged(
    fake: FakeComfyUI, branch: Branch, connected: Path
) -> None:
    first, second = scene(branch, 1, continues=True), scene(branch, 2, continues=True)
    with transaction() as session:
        at = branches.find(session, branch.project_id, branch.name, Hold.ALONE)
        commits.commit(session, at, "Arrange", taken_apart({"scene_order": [second, first]}))
    published(branch, second)
    assert gather(checked(branch, scene_id=first), 1).first_frame is not None
    assert "it is the first scene" in found(checked(branch, scene_id=second))[0][1]


def test_a_scene_goes_on_from_the_file_that_its_predecessor_names(branch: Branch, connected: Path) -> None:
    before, after = scene(branch, 1), scene(branch, 2, continues=True)
    file = connected / "media" / "before.mp4"
    file.parent.mkdir()
    file.write_bytes(clip(connected, 12))
    for path, is_there in ((str(file), True), ("/etc/passwd", False), (str(file) + "x", False)):
        with transaction() as session:
            session.get_one(Scene, (branch.id, before)).video_path = path
        run = checked(branch, scene_id=after)
        assert (gather(run, 1).first_frame is not None, bool(found(run))) == (is_there, not is_there)


def test_without_a_clip_before_it_a_scene_is_made_and_the_lack_told(branch: Branch) -> None:
    scene(branch, 1)
    run = checked(branch, scene_id=scene(branch, 2, continues=True))
    assert gather(run, 1).gives(CHAIN) == frozenset()
    assert found(run) == [
        (
            "warning",
            "scene 2 is made without the last frame of the scene before it: scene 1 has no published clip.",
        )
    ]
    odd = checked(branch, scene_id=scene(branch, 3, continues="yes"))
    assert found(odd) == [("warning", "metadata.continues of scene 3 is passed over: it takes true or false")]


LIKENESS: dict[str, Any] = {"lora": "kai.safetensors", "trigger_words": "sks kai"}


@pytest.mark.parametrize(
    ("change", "asked", "is_stale"),
    [
        ({}, {}, False),
        ({"description": "older"}, {}, True),
        ({"details": {**LIKENESS, "trigger_words": "sks elder"}}, {}, True),
        ({"details": {**LIKENESS, "lora_strength": 0.5}}, {}, True),
        ({"details": {**LIKENESS, "seed": 5}}, {}, True),
        ({"details": {**LIKENESS, "mood": "calm"}}, {}, False),
        ({"comfyui_workflow": "another"}, {}, False),
        ({"image": "another name"}, {}, False),
        ({"image": "another picture"}, {}, True),
        ({}, {"quality": "high"}, True),
        ({}, {"width": 256}, True),
        ({}, {"fps": Fraction(25)}, True),
        ({}, {"parameters": {"steps": 15}}, False),  # as many as a draft has
        ({}, {"parameters": {"steps": 16}}, True),
        ({}, {"parameters": {"cfg": 7.0}}, False),  # the graph has no place for it
    ],
)
def test_a_take_is_stale_when_its_inputs_changed_and_only_then(
    change: dict[str, Any], asked: dict[str, Any], is_stale: bool, branch: Branch, connected: Path
) -> None:
    at = scene(branch, 1)
    pictures = {None: picture(connected), "another name": picture(connected, "b.png")}
    pictures["another picture"] = picture(connected, "c.png", tone=91)
    cast(branch, "Kai", pictures[None], details=LIKENESS)
    before = pinned(checked(branch, scene_id=at), CHAIN)
    change = {"details": LIKENESS, **change, "image": pictures[change.get("image")]}
    cast(branch, "Kai", **change)
    after = pinned(checked(branch, scene_id=at, **asked), CHAIN)
    assert (before.inputs_hash != after.inputs_hash) == is_stale


def test_a_take_drawn_smaller_is_no_other_take_and_no_worse(
    fake: FakeComfyUI, branch: Branch, connected: Path
) -> None:
    run = checked(branch, width=256, height=144)
    render_take.fn(run)
    asked = pinned(run, ANIMATIC)
    smaller = pinned(run, ANIMATIC, Shape(128, 72, 24, Fraction(24)))
    assert smaller.inputs_hash == asked.inputs_hash
    assert (smaller.parameters["width"], smaller.parameters["height"]) == (128, 72)
    assert assess_take.fn(run)["verdict"] == "pass"

"""The render stage against renderers that fail as real ones do: what is tried, where, and what is told."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from db.queries import commits, takes
from db.queries.ownership import Run
from db.session import transaction
from studio.errors import (
    GraphError,
    MissingNodeError,
    OutOfMemoryError,
    RendererDiskError,
    RendererGoneError,
    RenderError,
    RenderLostError,
    RenderStalledError,
    StorageError,
)
from studio.presets import PRESETS
from tasks import control
from tasks.render import render_take
from tests.fakes.comfyui import FakeComfyUI
from tests.fakes.comfyui_answers import DISK_FULL, OUT_OF_MEMORY
from tests.fakes.serving import wait_until
from tests.fakes.staging import (
    held,
    job,
    planned,
    render_until_superseded,
    rows,
    superseding,
    told,
)


def test_a_take_is_rendered_and_its_place_is_free_again(fake: FakeComfyUI) -> None:
    run = planned()
    rendered = render_take.fn(run)
    with transaction() as session:
        path = Path(takes.asset_path(session, rendered["video_sha256"]))
        pinned = takes.get(session, run.generation_id, 1)
        assert pinned.tree_hash == commits.current_tree_hash(session, job(run).branch_id)
    assert path.read_bytes() == fake.output
    assert [post["prompt_id"] for post in fake.posts] == [rendered["prompt_id"]]
    assert held(run) == []


def test_an_heir_finds_the_prompt_on_the_renderer_and_does_not_post_again(fake: FakeComfyUI) -> None:
    run = planned()
    fake.is_held = True
    first = threading.Thread(target=render_until_superseded, args=(run,), daemon=True)
    first.start()
    wait_until(lambda: fake.running is not None)
    heir = superseding(run)
    threading.Timer(0.3, setattr, (fake, "is_held", False)).start()
    render_take.fn(heir)
    first.join(10)
    assert len(fake.posts) == 1


def test_a_prompt_whose_answer_was_lost_is_found_and_not_posted_again(fake: FakeComfyUI) -> None:
    run = planned()
    fake.loses_answers = True
    rendered = render_take.fn(run)
    assert [post["prompt_id"] for post in fake.posts] == [rendered["prompt_id"]]


def test_a_prompt_that_the_renderer_lost_is_posted_under_a_new_id(fake: FakeComfyUI) -> None:
    run = planned()
    fake.is_held = True

    def lose() -> None:
        wait_until(lambda: fake.running is not None)
        fake.is_held = False
        fake.restart()

    thief = threading.Thread(target=lose, daemon=True)
    thief.start()
    render_take.fn(run)
    thief.join(10)
    assert len({post["prompt_id"] for post in fake.posts}) == 2


def test_a_renderer_that_finishes_without_a_video_is_a_failure(fake: FakeComfyUI) -> None:
    run = planned()
    fake.is_cached = True
    with pytest.raises(RenderError, match="without a video"):
        render_take.fn(run)


def test_a_render_that_stands_still_is_given_up_and_taken_off_the_renderer(
    fake: FakeComfyUI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOWER_RENDER_STALL_S", "0.4")
    run = planned()
    fake.is_held = True
    with pytest.raises(RenderStalledError):
        render_take.fn(run)
    assert [stopped["prompt_id"] for stopped in fake.interrupts] == [fake.posts[0]["prompt_id"]]
    assert held(run) == []


def test_a_renderer_that_lacks_the_node_is_told_by_name(fake: FakeComfyUI) -> None:
    run = planned()
    del fake.object_info["TowerAnimatic"]
    with pytest.raises(MissingNodeError, match="TowerAnimatic"):
        render_take.fn(run)


def test_a_renderer_that_answers_500_for_a_while_is_waited_for(fake: FakeComfyUI) -> None:
    run = planned()
    fake.is_held = True

    def stumble() -> None:
        wait_until(lambda: fake.running is not None)
        fake.broken = {"/jobs/" + fake.posts[0]["prompt_id"]: 3, "/queue": 3}
        fake.is_held = False

    threading.Thread(target=stumble, daemon=True).start()
    assert render_take.fn(run)["prompt_id"] == fake.posts[0]["prompt_id"]


def test_a_prompt_whose_renderer_does_not_answer_keeps_its_place_until_it_is_off(fake: FakeComfyUI) -> None:
    run = planned()
    fake.is_held = True
    first = threading.Thread(target=render_until_superseded, args=(run,), daemon=True)
    first.start()
    wait_until(lambda: fake.running is not None and held(run) == ["posted"])
    fake.is_away = True
    control.cancel(run.generation_id)
    assert (job(run).status, held(run), fake.interrupts) == ("cancelled", ["cancelling"], [])
    fake.is_away = False
    control.take_off(run.generation_id)
    assert held(run) == []
    assert [stopped["prompt_id"] for stopped in fake.interrupts] == [fake.posts[0]["prompt_id"]]
    first.join(10)


def test_a_renderer_that_keeps_losing_prompts_is_given_up(
    fake: FakeComfyUI, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = planned()
    fake.is_held = True
    stop = threading.Event()

    def lose() -> None:
        while not stop.is_set():
            if fake.running is not None:
                fake.restart()
            stop.wait(0.01)

    thief = threading.Thread(target=lose, daemon=True)
    thief.start()
    with pytest.raises(RenderLostError):
        render_take.fn(run)
    stop.set()
    thief.join(5)
    assert len(fake.posts) == PRESETS["draft"].prompts
    assert held(run) == []


def sizes(fake: FakeComfyUI) -> list[tuple[int, int]]:
    return [
        (inputs["width"], inputs["height"])
        for inputs in (post["prompt"]["1"]["inputs"] for post in fake.posts)
    ]


def answers(run: Run) -> list[tuple[str, str]]:
    return [(each["code"], each["answer"]) for each in told(run)]


def test_a_renderer_out_of_memory_frees_it_and_renders_the_same_once_more(fake: FakeComfyUI) -> None:
    run = planned(quality="standard")
    fake.is_memory_full = True
    render_take.fn(run)
    assert (sizes(fake), fake.freed) == ([(128, 72), (128, 72)], 1)
    assert answers(run) == [("OUT_OF_MEMORY", "free")]
    assert told(run)[0]["server"] == fake.url
    assert [(row.state, (row.error or {}).get("answer")) for row in rows(run)] == [
        ("failed", "free"),
        ("done", None),
    ]


def test_a_picture_too_large_for_the_memory_is_drawn_smaller_and_the_take_says_so(fake: FakeComfyUI) -> None:
    run = planned(quality="standard", width=640, height=368)
    fake.largest_px = 150_000
    render_take.fn(run)
    with transaction() as session:
        drawn = takes.get(session, run.generation_id, 1).parameters
    assert sizes(fake)[:2] == [(640, 368), (640, 368)]
    assert sizes(fake)[2] == (drawn["width"], drawn["height"])
    assert drawn["width"] * drawn["height"] <= 0.6 * 640 * 368
    assert answers(run) == [("OUT_OF_MEMORY", "free"), ("OUT_OF_MEMORY", "smaller")]
    assert told(run)[1]["next"].endswith(f"trying again at {drawn['width']}x{drawn['height']}")


def test_a_renderer_that_stays_out_of_memory_fails_the_render_with_what_was_tried(fake: FakeComfyUI) -> None:
    run = planned(quality="standard")
    fake.error = OUT_OF_MEMORY
    with pytest.raises(OutOfMemoryError) as failure:
        render_take.fn(run)
    assert failure.value.details["tried"] == [{"code": "OUT_OF_MEMORY", "server": fake.url, "answer": "free"}]
    assert answers(run) == [("OUT_OF_MEMORY", "free"), ("OUT_OF_MEMORY", "stop")]
    assert held(run) == []


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (DISK_FULL, "RENDERER_DISK_FULL"),
        (("FileNotFoundError", "[Errno 2] No such file: 'wan.safetensors'"), "MISSING_MODEL"),
        (("RuntimeError", "CUDA error: an illegal memory access was encountered"), "RENDER_FAILED"),
    ],
)
def test_what_failed_on_one_server_is_rendered_on_another(
    pair: tuple[FakeComfyUI, FakeComfyUI], error: tuple[str, str], code: str
) -> None:
    first, second = pair
    first.error = error
    run = planned()
    assert render_take.fn(run)["server"] == second.url
    assert (len(first.posts), len(second.posts)) == (1, 1)
    assert answers(run) == [(code, "elsewhere")]
    assert told(run)[0]["next"] == f"moving on to {second.url}"


def test_a_full_disk_of_the_only_server_is_told_by_its_name(fake: FakeComfyUI) -> None:
    run = planned()
    fake.error = DISK_FULL
    with pytest.raises(RendererDiskError, match="No space left on device"):
        render_take.fn(run)
    assert (answers(run), told(run)[0]["server"]) == ([("RENDERER_DISK_FULL", "stop")], fake.url)


def test_a_node_that_is_gone_since_the_server_was_asked_is_found_elsewhere(
    pair: tuple[FakeComfyUI, FakeComfyUI],
) -> None:
    first, second = pair
    render_take.fn(planned())
    del first.object_info["TowerAnimatic"]
    run = planned()
    assert render_take.fn(run)["server"] == second.url
    assert answers(run) == [("MISSING_NODE", "elsewhere")]
    asked = first.asked["/object_info"]
    render_take.fn(planned())
    assert first.asked["/object_info"] == asked  # read anew once, and kept since


def test_a_graph_that_a_server_would_refuse_is_not_posted(fake: FakeComfyUI) -> None:
    fake.object_info["TowerAnimatic"]["input"]["required"]["width"][1]["max"] = 64
    with pytest.raises(GraphError, match="width"):
        render_take.fn(planned())
    assert fake.posts == []


def test_a_render_that_stands_still_moves_on_and_its_server_is_set_aside(
    pair: tuple[FakeComfyUI, FakeComfyUI], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOWER_RENDER_STALL_S", "0.4")
    first, second = pair
    first.is_stuck = True
    run = planned()
    assert render_take.fn(run)["server"] == second.url
    assert answers(run) == [("RENDER_STALLED", "elsewhere")]
    assert [stopped["prompt_id"] for stopped in first.interrupts] == [first.posts[0]["prompt_id"]]
    assert render_take.fn(planned())["server"] == second.url
    assert len(first.posts) == 1


def test_a_prompt_behind_one_that_was_given_up_and_still_runs_is_stalled_too(
    fake: FakeComfyUI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOWER_RENDER_STALL_S", "0.4")
    fake.is_stuck = True
    for _ in range(2):
        with pytest.raises(RenderStalledError):
            render_take.fn(planned())
    assert len(fake.posts) == 2
    assert fake.running is not None


def test_a_dead_servers_render_moves_on(pair: tuple[FakeComfyUI, FakeComfyUI]) -> None:
    first, second = pair
    first.is_held = True
    run = planned()
    threading.Thread(target=_go_away_amid, args=(first,), daemon=True).start()
    assert render_take.fn(run)["server"] == second.url
    assert answers(run) == [("RENDERER_GONE", "elsewhere")]
    assert [row.state for row in rows(run)] == ["cancelling", "done"]  # should it come back with the prompt
    first.is_away = False
    control.take_off(run.generation_id)
    assert [row.state for row in rows(run)] == ["cancelled", "done"]
    assert first.interrupts


def test_the_only_server_is_waited_for(fake: FakeComfyUI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOWER_RENDERER_LOST_S", "0.1")
    fake.is_held = True
    run = planned()
    threading.Thread(target=_go_away_amid, args=(fake, 0.5), daemon=True).start()
    assert render_take.fn(run)["prompt_id"] == fake.posts[0]["prompt_id"]
    assert answers(run) == []


def test_a_server_that_stays_away_ends_the_render_truthfully(
    fake: FakeComfyUI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOWER_RENDER_STALL_S", "0.5")
    fake.is_held = True
    run = planned()
    threading.Thread(target=_go_away_amid, args=(fake,), daemon=True).start()
    with pytest.raises(RendererGoneError, match="has not answered"):
        render_take.fn(run)
    with pytest.raises(RendererGoneError, match="No renderer has answered"):
        render_take.fn(planned())


def test_a_renderer_that_is_not_there_yet_is_waited_for_and_the_waiting_told(fake: FakeComfyUI) -> None:
    fake.is_away = True
    run = planned()
    threading.Timer(0.4, setattr, (fake, "is_away", False)).start()
    render_take.fn(run)
    assert [each["code"] for each in told(run, "warning")] == ["RENDERER_UNAVAILABLE"]


def test_a_success_that_names_a_file_of_an_earlier_run_is_rendered_anew(fake: FakeComfyUI) -> None:
    run = planned()
    fake.ghosts = 1
    render_take.fn(run)
    prefixes = {post["prompt"]["2"]["inputs"]["filename_prefix"] for post in fake.posts}
    assert (len(prefixes), answers(run)) == (2, [("RENDER_LOST", "again")])


def test_somebody_elses_stop_is_answered_once(fake: FakeComfyUI) -> None:
    run = planned()
    fake.is_held = True

    def stop() -> None:
        wait_until(lambda: fake.running is not None)
        fake.is_held = False
        fake.interrupt(None)

    threading.Thread(target=stop, daemon=True).start()
    render_take.fn(run)
    assert answers(run) == [("RENDER_INTERRUPTED", "again")]


def test_the_place_is_free_before_the_download_and_an_heir_fetches_what_is_finished(
    fake: FakeComfyUI,
) -> None:
    run = planned()
    fake.broken["/view"] = 1_000_000
    first = threading.Thread(target=render_until_superseded, args=(run,), daemon=True)
    first.start()
    wait_until(lambda: [row.state for row in rows(run)] == ["done"])
    heir = superseding(run)
    fake.restart()  # it has forgotten the prompt, and has the file
    fake.broken = {}
    assert render_take.fn(heir)["prompt_id"] == fake.posts[0]["prompt_id"]
    first.join(10)
    assert len(fake.posts) == 1


def test_a_finished_file_that_is_gone_before_it_was_fetched_is_rendered_anew(fake: FakeComfyUI) -> None:
    run = planned()
    fake.broken["/view"] = 1_000_000
    first = threading.Thread(target=render_until_superseded, args=(run,), daemon=True)
    first.start()
    wait_until(lambda: [row.state for row in rows(run)] == ["done"])
    heir = superseding(run)
    fake.files.clear()
    fake.broken = {}
    render_take.fn(heir)
    first.join(10)
    assert len(fake.posts) == 2


def test_a_disk_of_ours_that_is_full_is_no_fault_of_the_renderer(fake: FakeComfyUI, connected: Path) -> None:
    run = planned()
    (connected / "assets").write_text("no folder")
    with pytest.raises(StorageError):
        render_take.fn(run)
    (connected / "assets").unlink()
    render_take.fn(run)
    assert (len(fake.posts), answers(run)) == (1, [])


def test_a_muted_socket_delays_nothing_but_progress(fake: FakeComfyUI) -> None:
    fake.is_mute, fake.render_s = True, 0.1
    run = planned()
    render_take.fn(run)
    assert (len(fake.posts), held(run)) == (1, [])


def test_a_socket_that_dropped_is_opened_again(fake: FakeComfyUI) -> None:
    run = planned()
    fake.is_held = True
    render = threading.Thread(target=render_take.fn, args=(run,), daemon=True)
    render.start()
    wait_until(lambda: fake.running is not None and fake.sockets)
    fake.drop_sockets()
    wait_until(lambda: fake.sockets)
    fake.is_held = False
    render.join(20)
    assert (len(fake.posts), held(run)) == (1, [])


def test_who_waits_is_woken_and_does_not_wait_for_the_next_poll(
    fake: FakeComfyUI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOWER_POLL_S", "60")
    fake.render_s = 0.2
    runs = [planned() for _ in range(5)]
    began_s = time.monotonic()
    with ThreadPoolExecutor(5) as at_once:
        list(at_once.map(render_take.fn, runs))
    assert time.monotonic() - began_s < 40
    assert len(fake.posts) == 5


def _go_away_amid(fake: FakeComfyUI, back_after_s: float | None = None) -> None:
    wait_until(lambda: fake.running is not None)
    fake.is_away = True
    fake.drop_sockets()
    if back_after_s is not None:
        time.sleep(back_after_s)
        fake.is_held = fake.is_away = False

"""Takes that fail are found, named and made again; the decision log tells the story."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select
from sqlmodel import col

from db.models.learning import TrainingExample
from db.queries import decisions, generations, ownership
from db.queries.ownership import Run
from db.session import transaction
from studio.errors import RenderError
from studio.retakes import MOTION
from tasks import control
from tasks.assess import assess_take
from tasks.carrying import carried
from tasks.check import check_consistency
from tasks.plan import plan_scene
from tasks.publish import publish_clip
from tasks.render import render_take
from tasks.retaking import choose_take, settling_for_less
from tasks.review import await_review, may_publish
from tasks.sync import sync_to_beat
from tests.fakes.comfyui import FakeComfyUI
from tests.fakes.staging import accepted, black, black_headed, clip, flashing, frozen, job, rows, spoiled

STAGES = (plan_scene, check_consistency, render_take, assess_take)


def _short(tmp_path: Path, frames: int) -> bytes:
    return clip(tmp_path, frames // 2, name="short.mp4")


def _make(run: Run) -> None:
    for stage in STAGES:
        stage.fn(run)


def _kept(run: Run) -> dict[str, Any]:
    """As the flow does it."""
    while (verdict := choose_take.fn(run)) is None:
        with settling_for_less(run):
            _make(run)
    return verdict


def _costs(run: Run, *seconds: float) -> None:
    """What the renders were measured to take."""
    with transaction() as session:
        for place, render_s in zip(rows(run), seconds, strict=True):
            session.merge(place).render_s = render_s


def _decided(run: Run) -> list[tuple[str, str, int | None, str]]:
    with transaction() as session:
        found = decisions.page(session, project_id=None, generation_id=run.generation_id, limit=20, before=0)
        return [(row.made_by, row.decision, row.take, row.reason) for row in reversed(found)]


def _shown(run: Run) -> dict[str, Any]:
    with transaction() as session:
        return generations.view(session, run.generation_id)


@pytest.mark.parametrize(
    ("spoil", "named", "told", "seeds"),
    [
        (flashing, "flashes", "another seed", 2),
        (frozen, "frozen", "motion asked for in the prompt", 1),
        (_short, "duration_error, frame_count", "another seed", 2),
    ],
)
def test_a_defect_is_found_named_and_rendered_again(
    fake: FakeComfyUI,
    tmp_path: Path,
    spoil: Callable[[Path, int], bytes],
    named: str,
    told: str,
    seeds: int,
) -> None:
    fake.outputs = [spoil(tmp_path, 24)]
    run = accepted(quality="standard")
    assert may_publish(run, _kept(run))
    sync_to_beat.fn(run)
    publish_clip.fn(run)
    shown = _shown(run)
    assert (shown["status"], shown["quality"]["verdict"]) == ("completed", "pass")
    assert [take["verdict"] for take in shown["takes"]] == ["fail", "pass"]
    assert len({take["seed"] for take in shown["takes"]}) == seeds
    assert all(Path(take["report_path"]).read_text().startswith("<svg") for take in shown["takes"])
    assert _decided(run) == [
        ("loop", "retake", 1, f"take 1 failed by {named}: {told}"),
        ("loop", "keep", 2, "it passes"),
    ]
    assert job(run).chosen_take == 2


def _details(run: Run, decision: str) -> dict[str, Any]:
    with transaction() as session:
        found = decisions.page(session, project_id=None, generation_id=run.generation_id, limit=20, before=0)
        return next(row.details for row in found if row.decision == decision)


def test_the_knob_that_is_turned_is_what_the_next_take_is_made_of(fake: FakeComfyUI, tmp_path: Path) -> None:
    fake.outputs = [frozen(tmp_path, 24), flashing(tmp_path, 24)]
    run = accepted(quality="high", seed=7)
    for _ in range(3):
        assert choose_take.fn(run) is None
        _make(run)
        _costs(run, *(60, 30, 30)[: len(fake.posts)])
    assert _kept(run)["verdict"] == "pass"
    first, second, third = _shown(run)["takes"]
    moved = f"{first['parameters']['prompt']}, {MOTION}"
    assert [take["parameters"]["prompt"] for take in (second, third)] == [moved, moved]
    assert (first["seed"], second["seed"]) == (7, 7)
    seeded = _details(run, "retake")
    assert (seeded["knob"], seeded["value"], seeded["next_take"]) == ("seed", third["seed"], 3)
    assert third["seed"] != 7


def test_a_black_head_is_repaired_and_published_without_a_second_render(
    fake: FakeComfyUI, tmp_path: Path
) -> None:
    fake.output = black_headed(tmp_path, 24)
    run = accepted(quality="draft")
    assert may_publish(run, _kept(run))
    sync_to_beat.fn(run)
    publish_clip.fn(run)
    shown = _shown(run)
    rendered, repaired = shown["takes"]
    assert (len(fake.posts), shown["status"], shown["quality"]["verdict"]) == (1, "completed", "pass")
    assert (rendered["verdict"], repaired["verdict"]) == ("fail", "pass")
    assert (repaired["repaired_from"], [each["fix"] for each in repaired["repairs"]]) == (1, ["fill"])
    same = ("inputs_hash", "seed", "workflow_hash", "parameters", "server")
    assert [repaired[name] for name in same] == [rendered[name] for name in same]
    assert repaired["video_sha256"] != rendered["video_sha256"]
    assert _decided(run) == [
        ("loop", "repair", 1, "take 1 failed by black: repaired without rendering (fill)"),
        ("loop", "keep", 2, "it passes"),
    ]
    assert Path(str(job(run).published_path)).read_bytes() == Path(str(job(run).video_path)).read_bytes()


def test_a_run_that_was_killed_in_a_repair_carries_it_through(fake: FakeComfyUI, tmp_path: Path) -> None:
    fake.output = black_headed(tmp_path, 24)
    run = accepted(quality="draft")
    _make(run)
    assert choose_take.fn(run) is None
    render_take.fn(run)
    with transaction() as session:
        assert ownership.take_over(session, run) is not None
    heir = Run(run.generation_id, 2)
    assert _kept(heir)["verdict"] == "pass"
    assert (job(run).chosen_take, len(fake.posts)) == (2, 1)
    assert [len(take["repairs"]) for take in _shown(run)["takes"]] == [0, 1]
    assert [decision for _, decision, _, _ in _decided(run)] == ["repair", "keep"]


def test_a_take_that_is_made_anew_after_a_repair_has_the_next_number(
    fake: FakeComfyUI, tmp_path: Path
) -> None:
    """A repair that reveals another fault is followed by a render, by what that fault asks for."""
    fake.outputs = [_black_headed_and_frozen(tmp_path)]
    run = accepted(quality="standard")
    assert _kept(run)["verdict"] == "pass"
    assert [(decision, take) for _, decision, take, _ in _decided(run)] == [
        ("repair", 1),
        ("retake", 2),
        ("keep", 3),
    ]
    assert _details(run, "retake")["knob"] == "motion"
    assert len(fake.posts) == 2


def _black_headed_and_frozen(tmp_path: Path) -> bytes:
    return spoiled(tmp_path, 24, lambda shown, index: shown[0] * np.uint8(index > 1))


def test_a_take_that_passes_at_once_is_published_without_a_word(fake: FakeComfyUI) -> None:
    run = accepted(quality="high")
    assert _kept(run)["verdict"] == "pass"
    assert (job(run).chosen_take, _decided(run), len(fake.posts)) == (1, [], 1)


def test_a_draft_is_made_once(fake: FakeComfyUI, tmp_path: Path) -> None:
    fake.output = black(tmp_path, 24)
    run = accepted(quality="draft")
    assert _kept(run)["verdict"] == "fail"
    assert [(decision, reason) for _, decision, _, reason in _decided(run)] == [
        ("review", "1 of 1 takes were made")
    ]
    assert len(fake.posts) == 1


def test_two_equal_failures_in_a_row_stop(fake: FakeComfyUI, tmp_path: Path) -> None:
    fake.output = frozen(tmp_path, 24)
    run = accepted(quality="high")
    for _ in range(2):
        assert choose_take.fn(run) is None
        _make(run)
    _costs(run, 60, 30)
    assert _kept(run)["verdict"] == "fail"
    assert len(fake.posts) == 2
    assert "two takes in a row failed alike, by frozen" in _decided(run)[-1][3]


def test_no_take_is_begun_that_would_cost_too_much(fake: FakeComfyUI, tmp_path: Path) -> None:
    fake.outputs = [flashing(tmp_path, 24), frozen(tmp_path, 24)]
    run = accepted(quality="high")
    for _ in range(2):
        assert choose_take.fn(run) is None
        _make(run)
    _costs(run, 60, 60)
    assert choose_take.fn(run) is not None
    assert _decided(run)[-1][3] == "another take would cost more than 2.5 times the GPU time of the first"
    assert len(fake.posts) == 2


def test_the_best_of_three_failures_waits_for_review_and_is_what_approval_publishes(
    fake: FakeComfyUI, tmp_path: Path
) -> None:
    fake.outputs = [flashing(tmp_path, 24), frozen(tmp_path, 24), _short(tmp_path, 24)]
    run = accepted(quality="high")
    for _ in range(3):
        assert choose_take.fn(run) is None
        _make(run)
        _costs(run, *(60, 30, 30)[: len(fake.posts)])
    verdict = _kept(run)
    sync_to_beat.fn(run)
    assert not may_publish(run, verdict)
    await_review.fn(run, verdict)
    shown = _shown(run)
    assert (job(run).chosen_take, shown["quality"]["reasons"]) == (2, verdict["reasons"])
    assert "frozen" in verdict["reasons"][0]
    assert [decision for _, decision, _, _ in _decided(run)] == ["retake", "retake", "review"]
    control.approve(run.generation_id)
    heir = Run(run.generation_id, job(run).attempt)
    assert may_publish(heir, _kept(heir))
    publish_clip.fn(heir)
    assert len(fake.posts) == 3
    frozen_take = shown["takes"][1]
    assert Path(str(job(run).published_path)).read_bytes() == Path(str(job(run).video_path)).read_bytes()
    with transaction() as session:
        query = select(TrainingExample).where(col(TrainingExample.generation_id) == run.generation_id)
        example = session.scalars(query).one()
        assert (example.take, example.sha256) == (2, frozen_take["video_sha256"])
        assert example.caption == frozen_take["parameters"]["prompt"]


def test_a_run_that_was_killed_between_takes_goes_on_with_the_right_one(
    fake: FakeComfyUI, tmp_path: Path
) -> None:
    fake.outputs = [frozen(tmp_path, 24)]
    run = accepted(quality="high")
    _make(run)
    assert choose_take.fn(run) is None
    with transaction() as session:
        assert ownership.take_over(session, run) is not None
    heir = Run(run.generation_id, 2)
    assert _kept(heir)["verdict"] == "pass"
    assert (job(run).chosen_take, len(fake.posts)) == (2, 2)
    assert [decision for _, decision, _, _ in _decided(run)] == ["retake", "keep"]


def test_a_run_that_was_killed_before_the_decision_takes_it_once(fake: FakeComfyUI, tmp_path: Path) -> None:
    fake.outputs = [frozen(tmp_path, 24)]
    run = accepted(quality="high")
    _make(run)
    with transaction() as session:
        assert ownership.take_over(session, run) is not None
    assert _kept(Run(run.generation_id, 2))["verdict"] == "pass"
    assert len(fake.posts) == 2


def test_a_take_that_cannot_be_rendered_leaves_the_one_before_it(fake: FakeComfyUI, tmp_path: Path) -> None:
    fake.outputs = [frozen(tmp_path, 24)]
    run = accepted(quality="high")
    _make(run)
    fake.error = ("ValueError", "shapes cannot be multiplied")
    assert _kept(run)["verdict"] == "fail"
    assert job(run).chosen_take == 1
    assert _decided(run)[-1][3].startswith("take 2 could not be rendered: ")


def test_a_first_take_that_cannot_be_rendered_fails(fake: FakeComfyUI) -> None:
    fake.error = ("ValueError", "shapes cannot be multiplied")
    with pytest.raises(RenderError):
        _kept(accepted(quality="high"))


def test_a_person_who_asks_again_gets_a_take_with_a_number_and_a_budget_of_its_own(
    fake: FakeComfyUI, tmp_path: Path
) -> None:
    fake.output = frozen(tmp_path, 24)
    run = accepted(quality="standard")
    verdict = _kept(run)
    sync_to_beat.fn(run)
    await_review.fn(run, verdict)
    assert job(run).take == 1
    control.retry(run.generation_id)
    again = Run(run.generation_id, job(run).attempt)
    assert (job(run).take, job(run).chosen_take) == (3, None)
    _kept(again)
    assert job(run).chosen_take == 3
    first, moved, anew, moved_anew = _shown(run)["takes"]
    assert (first["seed"], anew["seed"]) == (moved["seed"], moved_anew["seed"])
    assert first["seed"] != anew["seed"]
    assert [MOTION in take["parameters"]["prompt"] for take in (first, moved, anew)] == [False, True, False]


def test_a_file_that_is_no_video_is_not_judged_again_when_a_person_asks_again(fake: FakeComfyUI) -> None:
    fake.outputs = [b"this is no video"]
    run = accepted(quality="draft")
    with pytest.raises(RenderError, match="delivered no video"), carried(run):
        _kept(run)
    assert (job(run).status, job(run).stage) == ("failed", "assess")
    control.retry(run.generation_id)
    again = Run(run.generation_id, job(run).attempt)
    assert _kept(again)["verdict"] == "pass"
    assert job(run).chosen_take == 2

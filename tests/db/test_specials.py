"""A clip's number among the specials is given once and kept."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from db.queries import generations, specials
from db.session import transaction
from tests.fakes.generations import new_branch, new_generation, new_scene

pytestmark = pytest.mark.usefixtures("connected")


def test_takes_of_one_scene_share_a_number_and_others_follow() -> None:
    with transaction() as session:
        branch = new_branch(session)
        scene = new_scene(session, branch)
        clips = [
            new_generation(session, branch, scene_id=scene.id),
            new_generation(session, branch),
            new_generation(session, branch, scene_id=scene.id),
            new_generation(session, branch),
        ]
        assert [specials.allocate(session, clip).number for clip in clips] == [1, 2, 1, 3]
        assert specials.allocate(session, clips[1]).number == 2


def test_clips_published_at_once_get_numbers_of_their_own() -> None:
    with transaction() as session:
        branch = new_branch(session)
        ids = [new_generation(session, branch).id for _ in range(8)]

    def allocate(generation_id: str) -> int:
        with transaction() as session:
            return specials.allocate(session, generations.get(session, generation_id)).number

    with ThreadPoolExecutor(8) as runs:
        assert sorted(runs.map(allocate, ids)) == list(range(1, 9))

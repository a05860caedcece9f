"""What is learned of likes, and from how much."""

from hypothesis import given
from hypothesis import strategies as st

from studio.echo.liking import LEAST, Evidence, learn_from

JUDGED = st.builds(
    Evidence,
    st.sampled_from(["ink", "anime", "noir"]),
    st.sampled_from(["draft", "high"]),
    st.sampled_from([2.0, 5.0]),
    st.sampled_from([-1, 1]),
)


def test_three_liked_clips_of_a_style_are_enough() -> None:
    liked = [Evidence("ink", "high", 5, 1)] * 3
    assert learn_from(liked) == {
        "style": {"value": "ink", "liked": 3, "disliked": 0},
        "quality": {"value": "high", "liked": 3, "disliked": 0},
        "duration_s": {"value": 5, "liked": 3, "disliked": 0},
    }
    assert learn_from(liked[:2]) == {}


def test_two_styles_that_are_liked_alike_are_none() -> None:
    judged = [Evidence("ink", "high", 5, 1)] * 4 + [Evidence("noir", "high", 5, 1)] * 4
    assert "style" not in learn_from(judged)


@given(st.lists(JUDGED, max_size=30))
def test_what_is_learned_is_liked_more_than_not_and_whatever_the_order(judged: list[Evidence]) -> None:
    learned = learn_from(judged)
    assert learned == learn_from(judged[::-1])
    for told in learned.values():
        assert told["liked"] - told["disliked"] >= LEAST

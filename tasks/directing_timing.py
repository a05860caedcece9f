"""How long what is planned should take."""

from typing import Final

from db.queries import estimates
from db.session import reading
from studio.echo.plans import Plan
from studio.echo.wording import span_in_words

UNMEASURED_S: Final = (360.0, 480.0)
"""What the API document promises of a clip of five seconds, until this tower has measured its own."""
DOCUMENTED_CLIP_S: Final = 5.0


def estimate(planned: Plan, spread: tuple[float, float] | None) -> str | None:
    """How long the clips of a plan should take, in words; None where it has none."""
    clips = [step for step in planned.steps if step.action in {"generate_video", "regenerate_video"}]
    if not clips:
        return None
    clip_s = sum(float(step.parameters.get("duration", DOCUMENTED_CLIP_S)) for step in clips)
    least, most = spread or tuple(each / DOCUMENTED_CLIP_S for each in UNMEASURED_S)
    return span_in_words(least * clip_s, most * clip_s)


def estimated(planned: Plan) -> str | None:
    """How long its clips should take, by what is measured now."""
    with reading() as session:
        return estimate(planned, estimates.spread(session))


def timing(planned: Plan, spread: tuple[float, float] | None) -> str:
    """How long it should take, and whether that was measured here; nothing of a plan without clips."""
    words = estimate(planned, spread)
    if words is None:
        return ""
    known = "" if spread else ", going by the documentation: nothing was measured here yet"
    return f"It should take {words}{known}."

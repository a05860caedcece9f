"""Plans as JSON, and back."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from studio.echo.plans import Missing, Plan, Question, Refusal, Step, Terms, Understood


def as_document(planned: Plan) -> dict[str, Any]:
    """A plan as JSON values."""
    return {
        "request": planned.request,
        "steps": planned.action_plan,
        "questions": [asdict(each) for each in planned.questions],
        "refusals": [asdict(each) for each in planned.refusals],
        "understood": [asdict(each) for each in planned.understood],
        "clip": None if planned.clip is None else asdict(planned.clip),
        "notes": list(planned.notes),
    }


def read_document(value: Mapping[str, Any]) -> Plan:
    """The plan that `as_document` wrote."""
    clip = value.get("clip")
    return Plan(
        value["request"],
        tuple(read_step(each) for each in value["steps"]),
        tuple(
            Question(Missing(each["missing"]), each["text"], each["words"], tuple(each["choices"]))
            for each in value["questions"]
        ),
        tuple(Refusal(**each) for each in value["refusals"]),
        tuple(Understood(**each) for each in value["understood"]),
        None if clip is None else Terms(**{**clip, "cast": tuple(clip["cast"])}),
        tuple(value.get("notes", ())),
    )


def read_step(value: Mapping[str, Any]) -> Step:
    """A step as users are shown it."""
    return Step(value["step"], value["action"], value["service"], value.get("parameters", {}))

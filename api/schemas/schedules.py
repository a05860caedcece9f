"""Schedules of batches, as they are sent and shown."""

from typing import Any, Final, Literal
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from api.schemas.fields import Asked, Id, Name, Object, Shown, Time

_EXAMPLE: Final[JsonDict] = {
    "project_id": 1,
    "name": "nightly",
    "kind": "cron",
    "expression": "0 3 * * *",
    "time_zone": "Asia/Tokyo",
}
Kind = Literal["cron", "rrule"]


class ScheduleAsked(Asked):
    """When batches of a project are to run."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    project_id: Id
    name: Name
    kind: Kind
    expression: Name = Field(description="Five fields of cron, or one recurrence rule (RFC 5545) by days.")
    time_zone: Name = "UTC"
    parameters: Object = Field(default_factory=dict)
    enabled: bool = True


class ScheduleChange(Asked):
    """What is to change of a schedule; what is not named stays."""

    name: Name = ""
    kind: Kind = "cron"
    expression: Name = ""
    time_zone: Name = "UTC"
    parameters: Object = Field(default_factory=dict)
    enabled: bool = True


class ScheduleShown(Shown):
    """A schedule."""

    id: int
    project_id: int
    name: str
    kind: str
    expression: str
    time_zone: str
    deployment: str
    parameters: dict[str, Any]
    enabled: bool
    schedule_id: UUID | None = Field(description="Prefect's own id; null while Prefect does not know it.")
    created_at: Time
    updated_at: Time


class ScheduleNext(ScheduleShown):
    """A schedule with its next times; none while it is not enabled, or once it has ended."""

    next_times: list[Time]

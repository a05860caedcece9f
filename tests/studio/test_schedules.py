"""Which expressions of recurrence are taken."""

import pytest

from studio.errors import InvalidError
from studio.schedules import check_cron, check_rrule, read_parameters


@pytest.mark.parametrize(
    "expression",
    [
        "FREQ=DAILY", "RRULE:FREQ=DAILY;BYHOUR=3", "FREQ=WEEKLY;BYDAY=MO,TH;BYHOUR=3;BYMINUTE=30",
        "FREQ=MONTHLY;BYDAY=-1FR", "FREQ=MONTHLY;BYMONTHDAY=1,-1", "FREQ=DAILY;INTERVAL=3",
        "FREQ=DAILY;INTERVAL=1;BYDAY=SA,SU", "FREQ=DAILY;UNTIL=20300101T030000",
    ],
)  # fmt: skip
def test_a_rule_by_days_is_taken(expression: str) -> None:
    check_rrule(expression)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("", "FREQ"), ("every day", "FREQ"), ("FREQ=SECONDLY", "BYHOUR"), ("FREQ=HOURLY", "BYHOUR"),
        ("FREQ=DAILY;COUNT=3", "parts once each"), ("FREQ=DAILY;FREQ=WEEKLY", "parts once each"),
        ("FREQ=DAILY;;", "parts once each"), ("FREQ=DAILY;INTERVAL=0", "INTERVAL"),
        ("FREQ=DAILY;INTERVAL=1000", "INTERVAL"), ("FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY"),
        ("FREQ=WEEKLY;BYDAY=1MO", "BYDAY"), ("FREQ=WEEKLY;BYMONTH=13", "BYMONTH"),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=MO", "INTERVAL without"),
        ("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30", "BYMONTHDAY without"),
        ("FREQ=DAILY;BYHOUR=1,2,3,4,5;BYMINUTE=0,10,20,30,40", "at most 24 times"),
    ],
)  # fmt: skip
def test_a_rule_that_may_take_long_or_be_misread_is_refused(expression: str, expected: str) -> None:
    with pytest.raises(InvalidError) as refused:
        check_rrule(expression)
    assert refused.value.details["field"] == "expression"
    assert expected in refused.value.details["expected"]


def test_cron_has_five_fields() -> None:
    check_cron("0 3 * * 1-5")
    for expression in ("", "@daily", "0 3 * *", "0 0 3 * * *"):
        with pytest.raises(InvalidError):
            check_cron(expression)


def test_what_a_schedule_says_of_its_batches_is_read_and_the_rest_is_passed_over() -> None:
    said = {"branch_name": "alt", "only_stale": False, "quality": "draft", "publish": True}
    assert read_parameters({**said, "note": "for the night"}) == (said, ())
    assert read_parameters({"quality": None}) == ({"quality": None}, ())
    wrong = {"branch_name": "", "only_stale": "yes", "quality": "best", "publish": 1}
    read, misread = read_parameters(wrong)
    assert (read, {each.key for each in misread}) == ({}, set(wrong))

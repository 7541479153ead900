from __future__ import annotations

from datetime import timedelta
from typing import Any

from functions.rules.asking.policy import Policy
from functions.settings import Settings

GIVEN: dict[str, Any] = {
    "env": "local",
    "account_id": "000000000000",
    "region": "eu-central-1",
    "limits": {"wrong_phrase_delay_most": 120},
    "approvals": {
        "sender": "runbooks@example.org",
        "people": {
            "ana": {"name": "Ana", "email": "ana@example.org"},
            "bo": {"name": "Bo", "email": "bo@example.org"},
            "dee": {"name": "Dee", "email": "dee@example.org"},
        },
        "desks": {"default": {"rungs": [["ana"], ["bo", "ana"]]}, "other": {"rungs": [["dee"]]}},
    },
}


def test_the_policy_holds_the_settings_numbers() -> None:
    policy = Policy.of(Settings.model_validate(GIVEN))
    assert policy.people == {"ana", "bo", "dee"}
    assert policy.desks == {"default": {"ana", "bo"}, "other": {"dee"}}
    assert policy.second_person_silent == timedelta(minutes=5)
    assert policy.looking_holds == timedelta(minutes=3)
    assert policy.repeats == (timedelta(minutes=15), timedelta(minutes=30), timedelta(minutes=60))
    assert (policy.wrong_phrases_free, policy.alike_before_one_request) == (3, 3)
    assert policy.wrong_phrase_delay == timedelta(seconds=5)
    assert policy.wrong_phrase_delay_most == timedelta(minutes=2)


def test_a_rehearsal_shortens_the_times_in_which_people_act_and_no_delay_of_theirs() -> None:
    policy = Policy.of(Settings.model_validate({**GIVEN, "time_scale": 0.1}))
    assert policy.second_person_silent == timedelta(seconds=30)
    assert policy.looking_holds == timedelta(seconds=18)
    assert policy.repeats[0] == timedelta(seconds=90)
    assert policy.wrong_phrase_delay == timedelta(seconds=5)
    assert policy.wrong_phrase_delay_most == timedelta(minutes=2)

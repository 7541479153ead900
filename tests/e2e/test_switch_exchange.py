"""An exchange stays down: a person waits on, switches or leaves it; each answer carried to its end."""

from __future__ import annotations

import json
import shlex
from datetime import datetime
from typing import Any

import pytest

from tests.approvals.desk import Answer, http
from tests.e2e import asking
from tests.e2e.platform import CONFIG, Platform, Run

VENUE, FALLBACK = "binanceusdm", "bybit"


def answer(link: str, decision: str, minutes: int | None = None) -> Answer:
    """Opens the page, types the two words that it shows apart, and says until when where that is asked."""
    form = asking.page(link).form_of(decision)
    until = {} if minutes is None else {"until_minutes": str(minutes)}
    return http("POST", link, {**form.fields, **until, "confirm": form.phrase})


def exchanges(platform: Platform) -> dict[str, Any]:
    return {item["strategy_id"]: item["exchange"] for item in platform.items(CONFIG)}


def beats(platform: Platform) -> dict[str, datetime]:
    found = {one: platform.strategy(one)["last_heartbeat"] for one in platform.strategy_ids()}
    return {one: datetime.fromisoformat(at) for one, at in found.items()}


def switched(run: Run) -> dict[str, datetime]:
    """When each strategy was switched, by the acts of the incident."""
    acts = [act for act in run.acts if act["action"] == f"switch to {FALLBACK}" and act["result"] == "done"]
    return {act["target"]: datetime.fromisoformat(act["at"]) for act in acts}


def switch_back(platform: Platform, command: str) -> None:
    """Runs the command as a shell and AWS's command line would."""
    aws, dynamodb, call, *words = shlex.split(command)
    assert (aws, dynamodb, call) == ("aws", "dynamodb", "update-item")
    given = dict(zip(words[::2], words[1::2], strict=True))
    platform.client("dynamodb").update_item(
        TableName=given["--table-name"],
        Key=json.loads(given["--key"]),
        UpdateExpression=given["--update-expression"],
        ConditionExpression=given["--condition-expression"],
        ExpressionAttributeNames=json.loads(given["--expression-attribute-names"]),
        ExpressionAttributeValues=json.loads(given["--expression-attribute-values"]),
    )


def follow_ups(run: Run) -> list[str]:
    return [piece["value"] for piece in run.incident["evidence"] if piece["what"] == "follow-up"]


def test_switches_to_the_fallback_when_a_person_says_so_and_keeps_the_way_back(platform: Platform) -> None:
    platform.break_with("exchange-down", count=0)
    link = asking.asked(platform)
    page = asking.page(link)
    assert page.status == 200
    assert f"no position or order of these strategies is open at {VENUE}" in page.text
    assert page.form_of("switch").phrase == "FLAT BINANCEUSDM"
    [letter] = [one for one in platform.letters() if "alice@tradai.example" in one["to"]]
    stated = f"you state: no position or order of these strategies is open at {VENUE}."
    assert stated in " ".join(letter["text"].split())
    taken = answer(link, "switch")
    assert taken.status == 200, taken.text
    run = platform.run_of_the_alarm(180)
    assert (run.status, run.outcome) == ("SUCCEEDED", "resolved"), run.told()
    assert set(exchanges(platform).values()) == {FALLBACK}
    assert set(switched(run)) == set(platform.strategy_ids())
    assert all(beats(platform)[one] > at for one, at in switched(run).items()), "heartbeats newer than the switch"
    assert platform.stale() == []
    assert platform.active_faults() == ["exchange-down"], "the venue is still down: the switch is what cured"
    assert platform.harm() == []
    assert platform.interruptions() == {}
    assert len(follow_ups(run)) == len(platform.strategy_ids())
    assert all("aws dynamodb update-item" in line and VENUE in line for line in follow_ups(run))
    [approval] = run.incident["approvals"]
    assert approval["decided_by"] == ["alice"]
    for line in follow_ups(run):
        switch_back(platform, line.partition("`")[2].rstrip("`"))
    assert set(exchanges(platform).values()) == {VENUE}
    assert not any("switched_exchange" in item for item in platform.items(CONFIG))


def test_a_strategy_with_an_open_position_is_not_switched_and_is_named(platform: Platform) -> None:
    platform.open_position("carry-xrp")
    platform.break_with("exchange-down", count=0)
    link = asking.asked(platform)
    assert "Cannot be switched: carry-xrp" in asking.page(link).text
    assert answer(link, "switch").status == 200
    run = platform.run_of_the_alarm(180)
    assert (run.status, run.error) == ("FAILED", "Escalated"), run.told()
    assert "carry-xrp: not switched: it has open positions there" in run.cause
    assert exchanges(platform)["carry-xrp"] == VENUE
    others = {one: where for one, where in exchanges(platform).items() if one != "carry-xrp"}
    assert set(others.values()) == {FALLBACK}
    assert "carry-xrp" not in switched(run)
    assert platform.stale() == ["carry-xrp"]


def test_a_fallback_that_is_down_too_is_not_offered(platform: Platform) -> None:
    platform.break_with("fallback-down", count=0)
    platform.break_with("exchange-down", count=0)
    link = asking.asked(platform)
    page = asking.page(link)
    assert f"{FALLBACK} cannot be reached" in page.text
    assert [form.fields.get("decision") for form in page.forms() if "decision" in form.fields] == [
        "keep_waiting",
        "leave",
    ]
    assert answer(link, "leave", 60).status == 200
    assert platform.run_of_the_alarm(180).outcome == "left_open"


def test_left_as_it_is_until_a_stated_time(platform: Platform) -> None:
    platform.break_with("exchange-down", count=0)
    assert answer(asking.asked(platform), "leave", 120).status == 200
    run = platform.run_of_the_alarm(180)
    assert (run.status, run.outcome) == ("SUCCEEDED", "left_open"), run.told()
    assert set(exchanges(platform).values()) == {VENUE}
    assert run.acts == []
    assert "alice left it as it is" in run.output["summary"]
    assert platform.interruptions() == {}


def test_waits_on_as_long_as_a_person_allows_and_goes_on_when_the_exchange_is_back(platform: Platform) -> None:
    platform.break_with("exchange-down", count=0)
    assert answer(asking.asked(platform), "keep_waiting", 60).status == 200
    arn = platform.started_by_alarm()
    told = platform.until(
        lambda: [e for e in platform.incident_of(arn).get("evidence", ()) if e["what"] == "keeps waiting"],
        "it waits on",
        30,
    )
    assert "as alice chose" in told[0]["value"]
    platform.mend()
    run = platform.ended(arn)
    assert (run.status, run.outcome) == ("SUCCEEDED", "resolved"), run.told()
    assert run.acts == []
    assert set(exchanges(platform).values()) == {VENUE}


@pytest.mark.timeout(300)
def test_an_exchange_that_comes_back_while_a_person_is_asked_needs_no_answer(platform: Platform) -> None:
    platform.break_with("exchange-down", count=0)
    asking.asked(platform)
    platform.mend()
    run = platform.run_of_the_alarm(180)
    assert (run.status, run.outcome) == ("SUCCEEDED", "resolved"), run.told()
    assert run.acts == []
    assert [approval["standing"] for approval in run.incident["approvals"]] == ["lapsed"]

"""The settings as the tasks read them, and the names that must come out the same however often they are made."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from functions.grants import GRANTS
from functions.ids import execution_name, incident_id_for, service_guard
from functions.settings import Connectivity, Env, Meaning, Platform, Settings
from tests.tasks.rig import SETTINGS

BASE: dict[str, Any] = {"env": "staging", "account_id": "123456789012", "region": "eu-west-1"}


def test_every_name_is_filled_in_with_the_environment_and_the_region() -> None:
    read = Settings.model_validate(BASE)
    assert read.platform.service == "tradai-strategy-service-staging"
    assert read.connectivity.database == "https://dynamodb.eu-west-1.amazonaws.com/"


def test_a_part_that_is_a_model_already_is_filled_in_too() -> None:
    given = Connectivity(exchange={"x": "https://{env}.example/"})
    read = Settings.model_validate({**BASE, "connectivity": given, "platform": Platform(cluster="c-{env}")})
    assert read.connectivity.exchange == {"x": "https://staging.example/"}
    assert read.platform.cluster == "c-staging"


@pytest.mark.parametrize("wrong", ["no object", {**BASE, "platform": "x"}, {**BASE, "env": "moon"}])
def test_wrong_settings_are_refused(wrong: Any) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate(wrong)


def test_bounds_that_cross_are_refused_with_both_names() -> None:
    limits = {"order_cooldown_least": 700}
    with pytest.raises(ValidationError, match=r"order_cooldown_least \(700\) must not exceed order_cooldown_most"):
        Settings.model_validate({**BASE, "limits": limits})


def test_a_status_means_what_the_settings_say_and_an_unknown_one_nothing() -> None:
    assert SETTINGS.meaning("paused") is Meaning.MANAGES_EXITS
    assert SETTINGS.meaning("puzzled") is None
    assert SETTINGS.trading_statuses == {"running", "warmup"}
    assert "failed" in SETTINGS.known_statuses


@pytest.mark.parametrize("mode", ["off", "observe"])
def test_no_setting_switches_the_emergency_stop_off_or_makes_it_a_rehearsal(mode: str) -> None:
    with pytest.raises(ValidationError, match=f"modes.emergency-stop: always acts, cannot be '{mode}'"):
        Settings.model_validate({**BASE, "modes": {"emergency-stop": mode}})
    assert Settings.model_validate({**BASE, "modes": {"emergency-stop": "act", "stale-heartbeat": mode}})


@pytest.mark.parametrize("name", ["tradai-staging-heartbeat-stale", "any-Heartbeat-of-mine"])
def test_an_alarm_about_heartbeats_never_stops_everything(name: str) -> None:
    with pytest.raises(ValidationError, match=f"'{name}' is about heartbeats; name a risk alarm"):
        Settings.model_validate({**BASE, "emergency_stop": {"risk_alarms": [name]}})


def test_a_deployment_may_name_replace_or_take_away_the_status_page() -> None:
    bare = Settings.model_validate(BASE)
    page = {"url": "https://a.example/v1/pages/p/incidents", "secret": "a-secret", "components": ["engine"]}
    configured = Settings.model_validate({**BASE, "emergency_stop": {"status_page": page}})
    assert (bare.with_status_page(None), configured.with_status_page(None)) == (bare, configured)
    assert configured.with_status_page("").emergency_stop.status_page is None
    assert bare.with_status_page("").emergency_stop.status_page is None
    named = bare.with_status_page("http://127.0.0.1:1/x").emergency_stop.status_page
    assert named
    assert (named.url, named.secret) == ("http://127.0.0.1:1/x", "tradai-staging-status-page")
    moved = configured.with_status_page("http://127.0.0.1:1/x").emergency_stop.status_page
    assert moved
    assert (moved.url, moved.secret, moved.components) == ("http://127.0.0.1:1/x", "a-secret", ("engine",))


def test_an_address_that_is_none_is_no_status_page() -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate(BASE).with_status_page("ftp://a.example/")


def test_probe_addresses_that_are_not_given_stay() -> None:
    assert SETTINGS.with_addresses(exchange=None, database=None, network=None) == SETTINGS
    bare = SETTINGS.model_copy(update={"connectivity": Connectivity(exchange={})})
    assert bare.with_addresses(exchange="http://x", database=None, network=None).connectivity.exchange == {}


def test_every_environment_has_a_mode() -> None:
    modes = {env: SETTINGS.model_copy(update={"env": env}).mode_of("stale-heartbeat") for env in Env}
    assert {env for env, mode in modes.items() if mode == "observe"} == {Env.PROD}


@given(acted_on=st.text(max_size=200), alarm_at=st.text(max_size=40))
def test_an_execution_is_called_the_same_each_time_and_within_what_the_engine_takes(
    acted_on: str, alarm_at: str
) -> None:
    name = execution_name("stale-heartbeat", acted_on, alarm_at)
    assert name == execution_name("stale-heartbeat", acted_on, alarm_at)
    assert re.fullmatch(r"stale-heartbeat-[0-9a-f]{40}", name)
    assert len(name) <= 80


def test_names_of_incident_and_guard() -> None:
    assert re.fullmatch(r"inc-[0-9a-f]{20}", incident_id_for("arn:1"))
    assert incident_id_for("arn:1") != incident_id_for("arn:2")
    assert service_guard("svc") == "service/svc"


def test_every_grant_of_a_wildcard_says_why() -> None:
    for need, grants in GRANTS.items():
        for grant in grants:
            assert grant.actions, need
            assert "*" not in grant.resource or grant.why, need


def _people(*arns: str) -> dict[str, Any]:
    people = {f"person-{n}": {"name": f"Person {n}", "arns": [arn]} for n, arn in enumerate(arns)}
    return {**BASE, "approvals": {"people": people}}


def test_two_people_never_share_a_role_whose_session_names_the_caller_chooses() -> None:
    sessions = [f"arn:aws:sts::123456789012:assumed-role/operator/{name}" for name in ("a", "b")]
    with pytest.raises(ValidationError, match="sessions of the role 'operator' stand for two people"):
        Settings.model_validate(_people(*sessions))


def test_two_people_may_share_a_role_whose_sessions_identity_center_names() -> None:
    role = "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_operator_0123456789abcdef"
    read = Settings.model_validate(_people(f"{role}/a@desk.example", f"{role}/b@desk.example"))
    assert read.approvals.person_of(f"{role}/b@desk.example") == "person-1"


def test_one_person_may_have_several_sessions() -> None:
    sessions = [f"arn:aws:sts::123456789012:assumed-role/operator/{name}" for name in ("a", "b")]
    given = {**BASE, "approvals": {"people": {"one": {"name": "One", "arns": sessions}}}}
    assert Settings.model_validate(given).approvals.person_of(sessions[1]) == "one"


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:iam::123456789012:root",
        "arn:aws:iam::123456789012:role/head",
        "arn:aws:sts::123456789012:federated-user/head",
        "arn:aws:sts::123456789012:assumed-role/head",
    ],
)
def test_an_identity_that_is_nobody_s_own_or_never_calls_is_refused(arn: str) -> None:
    with pytest.raises(ValidationError, match=r"root user stands for nobody|String should match pattern"):
        Settings.model_validate(_people(arn))


def test_an_identity_that_stands_for_two_people_is_refused() -> None:
    user = "arn:aws:iam::123456789012:user/a"
    with pytest.raises(ValidationError, match="stands for two people"):
        Settings.model_validate(_people(user, user))


@pytest.mark.parametrize(
    ("approvals", "told"),
    [
        ({"desks": {"default": {"rungs": []}}}, "rungs"),
        ({"desks": {"default": {"rungs": [[]]}}}, "rungs"),
        ({"desks": {"default": {"rungs": [["nobody"]]}}}, "there is no person 'nobody'"),
        ({"desks": {"fx": {"rungs": [["one"]]}}}, "must be called 'default'"),
        ({"desks": {"default": {"rungs": [["mailed"]]}}}, "sender: is required"),
    ],
)
def test_a_desk_that_nobody_could_be_asked_of_is_refused(approvals: dict[str, Any], told: str) -> None:
    people = {"one": {"name": "One"}, "mailed": {"name": "Mailed", "email": "m@desk.example"}}
    with pytest.raises(ValidationError, match=re.escape(told)):
        Settings.model_validate({**BASE, "approvals": {"people": people, **approvals}})


@pytest.mark.parametrize(
    ("exchange", "default", "venue"),
    [
        ({"a": "https://a.example/"}, None, "a"),
        ({"a": "https://a.example/", "b": "https://b.example/"}, None, None),
        ({"a": "https://a.example/", "b": "https://b.example/"}, "b", "b"),
    ],
)
def test_a_strategy_without_a_config_has_the_default_venue_or_the_only_one(
    exchange: dict[str, str], default: str | None, venue: str | None
) -> None:
    read = Settings.model_validate({**BASE, "connectivity": {"exchange": exchange, "default_exchange": default}})
    moved = read.with_addresses(exchange="http://127.0.0.1:1/", database=None, network=None)
    assert moved.connectivity.venue_without_config == read.connectivity.venue_without_config == venue


def test_a_default_venue_without_an_address_is_refused() -> None:
    with pytest.raises(ValidationError, match="default_exchange: 'kraken' is none of exchange"):
        Settings.model_validate({**BASE, "connectivity": {"default_exchange": "kraken"}})


def test_the_glass_can_be_broken_before_its_question_lapses() -> None:
    given = {"env": "dev", "account_id": "111111111111", "region": "eu-central-1"}
    limits = {"break_glass_after": 3_600}
    with pytest.raises(ValidationError, match=r"break_glass_after .3600. must be less than approval_lapses_resume"):
        Settings.model_validate({**given, "limits": limits})
    assert Settings.model_validate({**given, "limits": limits, "resume": {"break_glass": False}})

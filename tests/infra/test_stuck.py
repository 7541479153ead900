"""What finds stuck positions, what their alarm says, and whose keys an exchange task may read."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from functions.adapters.measures import NAMESPACE
from functions.position_settings import ExchangeSettings
from functions.settings import Account, Settings
from functions.strategy_api_settings import StrategyApiSettings
from infra.config import load_settings
from infra.names import Names
from infra.resources import resource_arns
from tests.infra.stacks import synthesize_tiny
from tests.infra.template import Template
from tests.infra.test_alarms import alarms
from tests.infra.test_stack import function_of, handler_of
from tests.infra.test_triggers import rules

ARN = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Template:
    given = load_settings("dev")
    positions = given.positions.model_copy(update={"detect_every_minutes": 2})
    settings = given.model_copy(update={"positions": positions, "preflight_at_hour": 9})
    return synthesize_tiny(settings, tmp_path_factory.mktemp("stuck"))


def scheduled(template: Template) -> dict[str, Any]:
    found = rules(template, None)
    return {handler_of(function_of(template, one["Targets"][0]["Arn"])): one for one in found}


def test_the_detector_looks_as_often_as_the_settings_say(tiny: Template) -> None:
    rule = scheduled(tiny)["detect"]
    assert (rule["ScheduleExpression"], rule["State"]) == ("rate(2 minutes)", "ENABLED")


def test_the_daily_preflight_looks_once_a_day_at_the_settings_hour(tiny: Template) -> None:
    rule = scheduled(tiny)["preflight"]
    assert (rule["ScheduleExpression"], rule["State"]) == ("cron(0 9 * * ? *)", "ENABLED")
    # Lambda keeps an event for six hours at most.
    assert rule["Targets"][0]["RetryPolicy"]["MaximumEventAgeInSeconds"] == 3600


def test_one_look_that_counts_a_stuck_position_is_enough_and_no_look_changes_nothing(tiny: Template) -> None:
    alarm = alarms(tiny)["position-stuck"]
    assert (alarm["Namespace"], alarm["MetricName"], alarm["Statistic"]) == (NAMESPACE, "PositionsStuck", "Maximum")
    assert "Dimensions" not in alarm
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanOrEqualToThreshold", 1)
    assert (alarm["Period"], alarm["EvaluationPeriods"], alarm["TreatMissingData"]) == (120, 1, "ignore")


def test_a_detector_that_does_not_run_is_an_alarm_of_its_own(tiny: Template) -> None:
    silent, failing = alarms(tiny)["stuck-detector-silent"], alarms(tiny)["stuck-detector-failing"]
    assert (silent["TreatMissingData"], silent["Period"], silent["EvaluationPeriods"]) == ("breaching", 120, 3)
    assert (failing["MetricName"], failing["EvaluationPeriods"]) == ("Errors", 3)
    for alarm in (silent, failing):
        assert handler_of(function_of(tiny, alarm["Dimensions"][0]["Value"])) == "detect"


def test_a_preflight_that_fails_once_or_is_missing_for_two_days_is_an_alarm(tiny: Template) -> None:
    silent, failing = alarms(tiny)["preflight-silent"], alarms(tiny)["preflight-failing"]
    assert (silent["Period"], silent["EvaluationPeriods"]) == (86400, 2)
    assert (failing["Period"], failing["EvaluationPeriods"]) == (86400, 1)


def test_our_own_alarm_starts_a_runbook_as_the_platforms_does(tiny: Template) -> None:
    (rule,) = (
        one
        for one in rules(tiny, "aws.cloudwatch")
        if one["EventPattern"]["detail"]["alarmName"] == ["tradai-dev-position-stuck"]
    )
    transformer = rule["Targets"][0]["InputTransformer"]
    assert sorted(transformer["InputPathsMap"].values()) == ["$.detail.alarmName", "$.detail.state.timestamp"]
    assert '"alarm_name":<' in transformer["InputTemplate"]
    assert '"alarm_at":<' in transformer["InputTemplate"]
    machine = tiny.text(rule["Targets"][0]["Arn"]).strip("<>")
    assert tiny.of("AWS::StepFunctions::StateMachine")[machine]["StateMachineName"] == "tradai-dev-tiny-question"


def test_only_a_task_that_asks_for_it_has_the_exchanges_layer(tiny: Template) -> None:
    layered = {
        handler_of(one): [tiny.text(layer) for layer in one["Layers"]]
        for one in tiny.of("AWS::Lambda::Function").values()
    }
    assert len(layered["detect"]) == 2
    assert "exchange" in layered["detect"][1]
    assert [task for task, layers in layered.items() if len(layers) > 1] == ["detect"]


@pytest.mark.parametrize(
    ("addresses", "taken"),
    [
        ("{}", True),
        (json.dumps({"binanceusdm": "http://127.0.0.1:45607/_local/exchange"}), True),
        (json.dumps({"binanceusdm": "http://127.0.0.1:1/a", "bybit": "http://127.0.0.1:1/b"}), True),
        (json.dumps({"binanceusdm": "https://fapi.example.com/"}), False),
        (json.dumps({"binanceusdm": "http://127.0.0.1:1/a", "bybit": "https://fapi.example.com/"}), False),
        (json.dumps({"binanceusdm": "http://127.0.0.1.example.com:1/a"}), False),
        ("", False),
    ],
)
def test_keys_may_be_sent_to_the_venues_own_addresses_or_to_this_machine_and_nowhere_else(
    tiny: Template, addresses: str, taken: bool
) -> None:
    pattern = tiny.body["Parameters"]["ExchangeApiUrls"]["AllowedPattern"]
    assert bool(re.fullmatch(pattern, addresses)) is taken


def secrets(settings: Settings) -> list[str]:
    found = resource_arns(Names(settings), "arn:aws:s3:::reports")["secret:exchange"]
    assert all(one.startswith(ARN) for one in found)
    return [one.removeprefix(ARN) for one in found]


def with_accounts(**accounts: str) -> Settings:
    settings = load_settings("dev")
    known = {
        strategy: Account(account=account, mode="live", desk="default", owner="ann")
        for strategy, account in accounts.items()
    }
    return settings.model_copy(update={"platform": settings.platform.model_copy(update={"accounts": known})})


def test_the_keys_of_the_settings_accounts_are_named_each_once() -> None:
    settings = with_accounts(one="main", two="second", three="main")
    both = {"binanceusdm": ExchangeSettings(), "okx": ExchangeSettings(secret="keys/{env}/{account}/{venue}")}
    assert secrets(settings.model_copy(update={"exchanges": both})) == [
        "tradai-dev-exchange-binanceusdm-main-??????",
        "tradai-dev-exchange-binanceusdm-second-??????",
        "keys/dev/main/okx-??????",
        "keys/dev/second/okx-??????",
    ]


def test_where_the_settings_know_no_account_the_keys_of_this_environments_venues_are_named() -> None:
    assert secrets(with_accounts()) == [
        "tradai-dev-exchange-binanceusdm-*-??????",
        "tradai-dev-exchange-bybit-*-??????",
    ]


def test_a_key_may_be_named_by_its_arn() -> None:
    venue = {"binanceusdm": ExchangeSettings(secret=f"{ARN}ours-{{account}}-AbCdEf")}
    assert secrets(with_accounts(one="main").model_copy(update={"exchanges": venue})) == ["ours-main-AbCdEf"]


def bot_secrets(**api: Any) -> list[str]:
    settings = load_settings("dev")
    given = settings.model_copy(update={"strategy_api": StrategyApiSettings.model_validate(api)})
    found = resource_arns(Names(given), "arn:aws:s3:::reports")["secret:strategy-api"]
    return [one.removeprefix(ARN) for one in found]


def test_of_the_bots_passwords_those_that_the_settings_name_may_be_read_and_no_others() -> None:
    assert bot_secrets() == bot_secrets(url="http://bots/{strategy_id}") == ["tradai-dev-freqtrade-??????"]
    each = "bots/{env}/{strategy_id}"
    assert bot_secrets(secret=each, urls={"b": "http://b", "a": "http://a"}) == [
        "bots/dev/a-??????",
        "bots/dev/b-??????",
    ]
    assert bot_secrets(secret=each, url="http://bots/{strategy_id}") == ["bots/dev/*-??????"]


@pytest.mark.parametrize(
    ("address", "taken"),
    [
        ("", True),
        ("http://127.0.0.1:45607/_local/freqtrade/{strategy_id}", True),
        ("http://bots.internal:8080/{strategy_id}", False),
        ("https://127.0.0.1:1/", False),
        ("http://127.0.0.1:1@evil.example/", False),
        ("http://127.0.0.1:1/@evil.example", False),
    ],
)
def test_a_deployment_may_move_the_bots_to_this_machine_and_nowhere_else(
    tiny: Template, address: str, taken: bool
) -> None:
    pattern = tiny.body["Parameters"]["StrategyApiUrl"]["AllowedPattern"]
    assert bool(re.fullmatch(pattern, address)) is taken

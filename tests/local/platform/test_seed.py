"""What the platform owns stands there as CONTRACT.md, section 1, says, and nothing beats before it is told to."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest

from local.engine.process import Engine
from local.platform.seed import DEFAULT_STRATEGIES, StrategySeed, seed
from tests.local.engine.lab import eventually
from tests.local.platform.rig import ALARM, CLUSTER, LOGS, SCALE, SERVICE, Rig

TOPIC = "arn:aws:sns:eu-central-1:000000000000:tradai-local-alerts"


@pytest.fixture(scope="module")
def fresh() -> Iterator[Rig]:
    """Under IAM enforcement, seeded with one more strategy, and not begun."""
    with Engine.start(time_scale=SCALE, iam=True, env={"LOCAL_ECS_START_SECONDS": "15,15"}) as engine:
        pair = (engine.credentials.access_key_id, engine.credentials.secret_access_key)
        seed(engine.endpoint_url, pair, (*DEFAULT_STRATEGIES, StrategySeed("late", heartbeat_age=None)))
        yield Rig(engine)


def test_the_tables_have_the_contracts_keys(fresh: Rig) -> None:
    keys = {
        "tradai-trading-state-local": ["strategy_id"],
        "tradai-positions-local": ["position_id"],
        "tradai-orders-local": ["position_id", "order_id"],
        "tradai-strategy-config-local": ["strategy_id"],
    }
    for table, names in keys.items():
        found = fresh.client("dynamodb").describe_table(TableName=table)["Table"]["KeySchema"]
        assert [key["AttributeName"] for key in found] == names


def test_the_service_is_a_fargate_task_by_tag_whose_digest_the_registry_knows(fresh: Rig) -> None:
    service = fresh.service()
    assert (service["desiredCount"], service["launchType"]) == (1, "FARGATE")
    percents = service["deploymentConfiguration"]
    assert (percents["maximumPercent"], percents["minimumHealthyPercent"]) == (200, 100)
    definition = fresh.client("ecs").describe_task_definition(taskDefinition=service["taskDefinition"])
    found = definition["taskDefinition"]
    assert (found["cpu"], found["memory"]) == ("1024", "2048")
    (container,) = found["containerDefinitions"]
    assert container["stopTimeout"] == 30
    assert container["logConfiguration"]["options"]["awslogs-group"] == LOGS
    repository, tag = container["image"].partition("amazonaws.com/")[2].split(":")
    images = fresh.client("ecr").describe_images(repositoryName=repository, imageIds=[{"imageTag": tag}])
    assert images["imageDetails"][0]["imageDigest"].startswith("sha256:")


def test_the_alarm_takes_missing_data_for_breaching_and_tells_the_topic(fresh: Rig) -> None:
    alarm = fresh.alarm()
    assert (alarm["AlarmName"], alarm["StateValue"]) == (ALARM, "OK")
    assert (alarm["TreatMissingData"], alarm["Threshold"]) == ("breaching", 120)
    assert alarm["AlarmActions"] == [TOPIC]
    found = fresh.client("sns").list_subscriptions_by_topic(TopicArn=TOPIC)["Subscriptions"]
    assert ("email", "on-call@tradai.example") in {(one["Protocol"], one["Endpoint"]) for one in found}


def test_mail_may_come_from_the_platforms_domain_and_nobody_elses(fresh: Rig) -> None:
    account = fresh.client("sesv2").get_account()
    assert account["ProductionAccessEnabled"] is True
    identity = fresh.client("sesv2").get_email_identity(EmailIdentity="tradai.example")
    assert identity["VerifiedForSendingStatus"] is True


def test_two_people_have_an_identity_and_no_keys_yet(fresh: Rig) -> None:
    iam = fresh.client("iam")
    for name in ("bob", "carol"):
        arn = iam.get_user(UserName=name)["User"]["Arn"]
        assert arn == f"arn:aws:iam::000000000000:user/{name}"
        assert iam.list_access_keys(UserName=name)["AccessKeyMetadata"] == []


def test_the_service_has_a_role_for_its_task_and_one_for_its_start(fresh: Rig) -> None:
    found = fresh.client("ecs").describe_task_definition(taskDefinition=SERVICE)["taskDefinition"]
    roles = "arn:aws:iam::000000000000:role/tradai-strategy"
    assert (found["taskRoleArn"], found["executionRoleArn"]) == (f"{roles}-task-local", f"{roles}-execution-local")


def test_the_detector_can_be_looked_up_by_its_name(fresh: Rig) -> None:
    found = fresh.client("lambda").get_function(FunctionName="tradai-trading-heartbeat-check-local")
    assert found["Configuration"]["Handler"] == "detector.handler"


def test_every_strategy_has_a_state_and_a_config(fresh: Rig) -> None:
    assert fresh.age("momentum-btc") < 60
    assert "last_heartbeat" not in fresh.item("late")
    config = fresh.client("dynamodb").get_item(
        TableName="tradai-strategy-config-local", Key={"strategy_id": {"S": "late"}}
    )["Item"]
    assert int(config["order_cooldown_seconds"]["N"]) < 60
    assert config["exchange"] == {"S": "binanceusdm"}
    assert config["fallback_exchange"] == {"S": "bybit"}


def test_every_account_at_the_venue_has_a_key_of_its_own_in_the_secrets(fresh: Rig) -> None:
    keys = [
        json.loads(
            fresh.client("secretsmanager").get_secret_value(
                SecretId=f"tradai-local-exchange-binanceusdm-{account}"
            )["SecretString"]
        )
        for account in ("main", "second")
    ]
    assert all(set(key) == {"apiKey", "secret"} and len(key["apiKey"]) == len(key["secret"]) == 64 for key in keys)
    assert len({text for key in keys for text in key.values()}) == 4


def test_nothing_beats_and_no_fault_is_taken_before_the_platform_is_told_to_start(fresh: Rig) -> None:
    ecs = fresh.client("ecs")
    eventually(lambda: ecs.list_tasks(cluster=CLUSTER, serviceName=SERVICE)["taskArns"], lambda arns: arns)
    time.sleep(0.5)
    assert "last_heartbeat" not in fresh.item("late")
    assert fresh.call("GET", "/health").json == {"ready": True, "started": False, "copies": []}
    assert fresh.call("POST", "/faults", {"name": "service-crashed"}).status == 400
    assert fresh.call("POST", "/platform", {"start": "yes"}).status == 400
    assert fresh.call("POST", "/platform", {"start": True}).json["started"] is True
    eventually(lambda: fresh.item("late"), lambda item: "last_heartbeat" in item)
    assert fresh.call("POST", "/platform", {"start": True}).status == 200


def test_the_whole_platform_works_under_iam_enforcement(fresh: Rig) -> None:
    fresh.call("POST", "/platform", {"start": True})
    fresh.fresh("momentum-btc")
    eventually(fresh.running, lambda copies: copies)
    fresh.fault("service-crashed")
    eventually(lambda: fresh.alarm()["StateValue"], lambda state: state == "ALARM")
    subjects = [one["subject"] for one in fresh.call("GET", "/mailbox").json["messages"]]
    assert any(subject.startswith("ALARM") for subject in subjects)
    fresh.redeploy_seen()
    fresh.fresh("momentum-btc")


def test_a_platform_that_was_told_to_start_runs_and_beats_at_once_at_every_time_scale() -> None:
    with Engine.start(time_scale=1.0) as engine:
        seed(engine.endpoint_url, None)
        rig = Rig(engine)
        seeded_at = rig.item("momentum-btc")["last_heartbeat"]
        assert rig.call("POST", "/platform", {"start": True}).status == 200
        assert (rig.service()["runningCount"], rig.service()["pendingCount"]) == (1, 0)
        assert [one["rolloutState"] for one in rig.service()["deployments"]] == ["COMPLETED"]
        eventually(lambda: rig.item("momentum-btc")["last_heartbeat"], lambda beat: beat > seeded_at)

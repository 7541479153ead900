"""What is deployed, in sentences; every one holds for AWS and for the embedded one alike."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from infra import asl, paths
from infra.config import load_settings
from infra.tasks import discover
from tests.infra.template import Template

# No environment names a risk alarm, so what only risk alarms call is not there (tests/infra/test_stopping.py).
TASKS = [task for task in discover(paths.FUNCTIONS / "tasks") if task.trigger != "risk-alarm"]
MACHINES = asl.discover(paths.STATEMACHINES)


def env_of(template: Template) -> str:
    return str(template.body["Description"]).rpartition(" ")[2]


def handler_of(function: Mapping[str, Any]) -> str:
    """The task that a function runs."""
    return str(function["Handler"]).split(".")[2]


def function_of(template: Template, named: Mapping[str, Any]) -> Mapping[str, Any]:
    """The function that a reference names, by its name or by its ARN."""
    logical = named["Ref"] if "Ref" in named else named["Fn::GetAtt"][0]
    return template.of("AWS::Lambda::Function")[logical]


def test_every_task_file_is_a_function_and_nothing_else_is(template: Template) -> None:
    prefix = f"tradai-{env_of(template)}-rb-"
    assert sorted(template.physical("AWS::Lambda::Function", "FunctionName")) == sorted(
        prefix + task.name.replace("_", "-") for task in TASKS
    )


def test_every_function_runs_its_own_file_with_its_own_time_and_memory(template: Template) -> None:
    functions = {one["Handler"]: one for one in template.of("AWS::Lambda::Function").values()}
    for task in TASKS:
        function = functions[f"functions.tasks.{task.name}.handler"]
        assert (function["Timeout"], function["MemorySize"]) == (task.timeout, task.memory)


def test_every_function_is_traced_and_runs_the_same_code(template: Template) -> None:
    functions = template.of("AWS::Lambda::Function").values()
    assert {function["TracingConfig"]["Mode"] for function in functions} == {"Active"}
    assert len({json.dumps(function["Code"], sort_keys=True) for function in functions}) == 1


def test_every_function_writes_to_the_runbooks_log_group_with_the_settings_retention(template: Template) -> None:
    groups = template.of("AWS::Logs::LogGroup")
    for function in template.of("AWS::Lambda::Function").values():
        group = groups[function["LoggingConfig"]["LogGroup"]["Ref"]]
        assert group["LogGroupName"] == f"/tradai/{env_of(template)}/runbooks"
    retention = load_settings(env_of(template)).log_retention_days
    assert {group["RetentionInDays"] for group in groups.values()} == {retention}


def test_the_stack_has_room_for_more_within_what_cloudformation_takes(template: Template) -> None:
    """500 resources a stack."""
    assert len(template.body["Resources"]) <= 475


def test_every_function_knows_its_environment_and_where_to_look(template: Template) -> None:
    for function in template.of("AWS::Lambda::Function").values():
        variables = function["Environment"]["Variables"]
        assert variables["TRADAI_ENV"] == env_of(template)
        assert variables["STATE_MACHINE_PREFIX"].endswith(f":stateMachine:tradai-{env_of(template)}-")
        assert variables["REPORTS_BUCKET"]["Ref"] in template.of("AWS::S3::Bucket")
        addresses = [variables[name] for name in ("EXCHANGE_URL", "DATABASE_PROBE_URL", "NETWORK_PROBE_URL")]
        assert addresses == [{"Ref": "ExchangeUrl"}, {"Ref": "DatabaseProbeUrl"}, {"Ref": "NetworkProbeUrl"}]
        fallback = {"Ref": "FallbackExchangeUrl"} if "FallbackExchangeUrl" in template.body["Parameters"] else None
        assert variables.get("FALLBACK_EXCHANGE_URL") == fallback
        assert variables["EXCHANGE_API_URLS"] == {"Ref": "ExchangeApiUrls"}
        assert variables["TIME_SCALE"] == {"Ref": "TimeScale"}
        assert variables["STATUS_PAGE_URL"] == {"Ref": "StatusPageUrl"}
        assert variables["STRATEGY_API_URL"] == {"Ref": "StrategyApiUrl"}


def test_only_a_rehearsal_shortens_the_time_that_people_have(template: Template) -> None:
    scale = template.body["Parameters"]["TimeScale"]
    assert (scale["Type"], scale["Default"], scale["MinValue"], scale["MaxValue"]) == ("Number", "1", 0.001, 1)
    assert "rehearsals only" in scale["Description"]
    assert load_settings(env_of(template)).with_time_scale(scale["Default"]).time_scale == 1.0


def test_parameters_default_to_the_settings(template: Template) -> None:
    connectivity = load_settings(env_of(template)).connectivity
    defaults = {name: one["Default"] for name, one in template.body["Parameters"].items()}
    venues = dict(zip(("ExchangeUrl", "FallbackExchangeUrl"), connectivity.exchange.values(), strict=False))
    assert defaults == {
        **venues,
        "DatabaseProbeUrl": connectivity.database,
        "ExchangeApiUrls": "{}",
        "NetworkProbeUrl": connectivity.network,
        "StatusPageUrl": "",
        "StrategyApiUrl": "",
        "TimeScale": "1",
    }


def test_every_folder_is_a_standard_machine_named_after_it(template: Template) -> None:
    machines = template.of("AWS::StepFunctions::StateMachine").values()
    names = sorted(f"tradai-{env_of(template)}-{machine.name}" for machine in MACHINES)
    assert sorted(machine["StateMachineName"] for machine in machines) == names
    assert {machine["StateMachineType"] for machine in machines} == {"STANDARD"}


def test_machines_log_every_event_without_the_data_that_holds_task_tokens(template: Template) -> None:
    groups = template.of("AWS::Logs::LogGroup")
    for machine in template.of("AWS::StepFunctions::StateMachine").values():
        logging = machine["LoggingConfiguration"]
        assert (logging["Level"], logging["IncludeExecutionData"]) == ("ALL", False)
        (place,) = logging["Destinations"]
        group = groups[place["CloudWatchLogsLogGroup"]["LogGroupArn"]["Fn::GetAtt"][0]]
        assert group["LogGroupName"] == f"/aws/vendedlogs/states/{machine['StateMachineName']}"
        assert machine["TracingConfiguration"] == {"Enabled": True}


def test_definitions_stand_in_the_template_as_they_will_run(template: Template) -> None:
    for name, definition in template.definitions().items():
        assert "${" not in json.dumps(definition), name


def test_machines_come_after_the_functions_that_they_invoke(template: Template) -> None:
    functions = template.physical("AWS::Lambda::Function", "FunctionName")
    for name, machine in template.raw("AWS::StepFunctions::StateMachine").items():
        text = machine["Properties"]["DefinitionString"]
        named = {logical for function, logical in functions.items() if f':function:{function}"' in text}
        assert named <= set(machine["DependsOn"]), name


def test_layers_belong_to_the_target_and_are_on_every_function(template: Template) -> None:
    layers = template.of("AWS::Lambda::LayerVersion")
    assert len(layers) == len({"lambda"} | {layer for task in TASKS for layer in task.layers})
    for function in template.of("AWS::Lambda::Function").values():
        assert {layer["Ref"] for layer in function["Layers"]} <= set(layers)
        assert function["Layers"]


def test_aws_runs_the_settings_runtime(prod: Template) -> None:
    functions = prod.of("AWS::Lambda::Function").values()
    settings = load_settings("prod")
    assert {one["Runtime"] for one in functions} == {f"python{settings.runtime.python}"}
    assert [one["Architectures"] for one in functions] == [[settings.runtime.architecture]] * len(functions)


def test_tables_are_encrypted_restorable_and_paid_by_use(template: Template) -> None:
    tables = {one["TableName"]: one for one in template.of("AWS::DynamoDB::Table").values()}
    env = env_of(template)
    keys = {
        f"tradai-runbook-incidents-{env}": "incident_id",
        f"tradai-runbook-guards-{env}": "guard_id",
        f"tradai-runbook-approvals-{env}": "approval_id",
    }
    assert {name: one["KeySchema"] for name, one in tables.items()} == {
        name: [{"AttributeName": key, "KeyType": "HASH"}] for name, key in keys.items()
    }
    for table in tables.values():
        assert table["BillingMode"] == "PAY_PER_REQUEST"
        assert table["SSESpecification"] == {"SSEEnabled": True}
        assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}


HOLDS_DATA = ("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::Logs::LogGroup")


def test_prod_keeps_what_it_remembers_when_the_stack_goes(prod: Template) -> None:
    for kind in HOLDS_DATA:
        for name, one in prod.raw(kind).items():
            assert (one["DeletionPolicy"], one["UpdateReplacePolicy"]) == ("Retain", "Retain"), name
    assert {one["DeletionProtectionEnabled"] for one in prod.of("AWS::DynamoDB::Table").values()} == {True}


def test_prod_cannot_be_deleted_by_accident(assembly: Callable[[str], Path]) -> None:
    manifest = json.loads((assembly("prod") / "manifest.json").read_text("utf-8"))
    stack = manifest["artifacts"]["runbooks"]["properties"]
    assert stack["stackName"] == "tradai-prod-runbooks"
    assert stack["terminationProtection"] is True


def test_what_a_test_environment_remembers_goes_with_it(local: Template) -> None:
    for kind in HOLDS_DATA:
        assert {one["DeletionPolicy"] for one in local.raw(kind).values()} == {"Delete"}


def test_reports_are_private_versioned_encrypted_and_travel_by_tls_only(template: Template) -> None:
    buckets = template.of("AWS::S3::Bucket")
    denied = {
        policy["Bucket"]["Ref"]
        for policy in template.of("AWS::S3::BucketPolicy").values()
        for one in policy["PolicyDocument"]["Statement"]
        if one["Effect"] == "Deny"
        and one["Principal"] == {"AWS": "*"}
        and one["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    }
    assert denied == set(buckets)
    for bucket in buckets.values():
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
        assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
        assert bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert bucket["LifecycleConfiguration"]["Rules"][0]["Status"] == "Enabled"


def test_readers_of_reports_are_recorded(template: Template) -> None:
    reports = template.body["Outputs"]["ReportsBucket"]["Value"]["Ref"]
    log = template.of("AWS::S3::Bucket")[reports]["LoggingConfiguration"]["DestinationBucketName"]["Ref"]
    assert log != reports
    assert "LoggingConfiguration" not in template.of("AWS::S3::Bucket")[log]


def test_outputs_name_the_machines_by_runbook_and_nothing_that_does_not_exist(template: Template) -> None:
    outputs = template.body["Outputs"]
    arns = json.loads(outputs["StateMachineArns"]["Value"])
    assert sorted(arns) == sorted(machine.name for machine in MACHINES)
    env, names = env_of(template), template.physical("AWS::StepFunctions::StateMachine", "StateMachineName")
    assert {arn.rpartition(":")[2] for arn in arns.values()} == set(names)
    assert f"tradai-{env}-emergency-stop" in names
    assert outputs["EmergencyStopConsoleUrl"]["Value"].endswith(arns["emergency-stop"])


@pytest.mark.parametrize("kind", ["AWS::ECS::Service", "AWS::ECS::Cluster", "AWS::SNS::Topic"])
def test_nothing_of_the_platform_is_created(template: Template, kind: str) -> None:
    assert template.raw(kind) == {}


def test_tables_and_log_groups_of_the_platform_are_not_created(template: Template) -> None:
    platform = load_settings(env_of(template)).platform
    tables = template.physical("AWS::DynamoDB::Table", "TableName")
    groups = template.physical("AWS::Logs::LogGroup", "LogGroupName")
    owned = {platform.trading_state_table, platform.positions_table, platform.orders_table}
    assert not {*owned, platform.strategy_config_table} & set(tables)
    assert platform.log_group not in groups


def test_no_helper_of_the_cdk_runs_in_the_account(template: Template) -> None:
    """Custom resources would be functions that nobody wrote here, with rights that nobody derived."""
    kinds = Counter(one["Type"] for one in template.body["Resources"].values())
    assert [kind for kind in kinds if kind.startswith(("Custom::", "AWS::CloudFormation::"))] == []


def test_what_can_carry_tags_says_whose_it_is(template: Template) -> None:
    for kind in ("AWS::Lambda::Function", "AWS::IAM::Role", "AWS::DynamoDB::Table", "AWS::SQS::Queue"):
        for one in template.of(kind).values():
            tags = {tag["Key"]: tag["Value"] for tag in one["Tags"]}
            assert tags == {"project": "tradai-runbooks", "environment": env_of(template)}

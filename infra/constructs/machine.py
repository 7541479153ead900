"""One state machine a folder in statemachines."""

from __future__ import annotations

from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.asl import Definition, number_values, placeholders, references, render
from infra.constructs.log_group import log_group
from infra.constructs.role import role_for
from infra.names import Names
from infra.policies import machine_statements
from infra.resources import targets


class Machine(Construct):
    """State machine, log group and role. The definition stands in the template as plain text.

    Execution logs are at level ALL without execution data: AWS writes inputs and task tokens into it.
    """

    def __init__(self, scope: Construct, definition: Definition, names: Names) -> None:
        super().__init__(scope, definition.name)
        name, settings = names.machine(definition.name), names.settings
        self.definition = definition
        self.arn = names.machine_arn(definition.name)
        statements = machine_statements(references(definition), names, targets(names))
        # The prefix keeps the account's one log resource policy from growing with every machine.
        logs = log_group(self, f"/aws/vendedlogs/states/{name}", settings)
        self.machine = sfn.StateMachine(
            self,
            "Machine",
            state_machine_name=name,
            state_machine_type=sfn.StateMachineType.STANDARD,
            comment=definition.runbook.title,
            definition_body=sfn.DefinitionBody.from_string(rendered(definition, names)),
            role=role_for(self, "states.amazonaws.com", statements, account=settings.account_id),
            tracing_enabled=True,
            logs=sfn.LogOptions(destination=logs, level=sfn.LogLevel.ALL, include_execution_data=False),
        )


def texts(names: Names) -> dict[str, str]:
    """The placeholders that are no task, machine or number."""
    return {"alerts_topic": names.alerts_topic_arn, "env": names.env, "guards_table": names.guards_table}


def rendered(definition: Definition, names: Names) -> str:
    """The definition with this environment's ARNs, names and numbers."""
    values: dict[str, str | int] = dict(number_values(definition, names.settings))
    for placeholder in placeholders(definition) - values.keys():
        kind, _, name = placeholder.partition(":")
        if kind == "task":
            values[placeholder] = names.function_arn(name)
        elif kind == "machine":
            values[placeholder] = names.machine_arn(name)
        elif placeholder in texts(names):
            values[placeholder] = texts(names)[placeholder]
    return render(definition, values)

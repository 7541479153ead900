"""The whole stack of one environment, from what lies in functions/tasks and statemachines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from aws_cdk import AssetHashType, DefaultStackSynthesizer, Environment, Stack, Tags
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from functions.grants import GRANTS, Grant
from functions.links import stop_line
from functions.settings import Settings
from infra import asl, paths
from infra.asking import require_approvers
from infra.assets import Archive, build_code
from infra.constructs.alarms import Alarms
from infra.constructs.approvals_api import ApprovalsApi
from infra.constructs.dashboard import Dashboard, Shown
from infra.constructs.direct_stop import DirectStop
from infra.constructs.log_group import log_group
from infra.constructs.machine import Machine
from infra.constructs.mail import ApprovalMail
from infra.constructs.network import place_in
from infra.constructs.outputs import outputs
from infra.constructs.parameters import (
    exchange_api_urls,
    probe_addresses,
    status_page,
    strategy_api,
    time_scale,
)
from infra.constructs.reports import Reports
from infra.constructs.tables import Tables
from infra.constructs.task import Bench, Task
from infra.constructs.triggers import Triggers
from infra.deployed import deployed
from infra.errors import SetupError
from infra.layers import build_layer
from infra.names import Names
from infra.policies import granted, task_statements
from infra.targets import Target, target_of
from infra.tasks import TaskFile, discover
from infra.writers import writers_of

STOP = "emergency-stop"


class RunbooksStack(Stack):
    """Functions, state machines, what starts them, and what they remember.

    `root` holds `functions/` and `statemachines/`; `grants` is the table of functions/grants.py.
    """

    def __init__(
        self,
        scope: Construct,
        settings: Settings,
        *,
        grants: Mapping[str, Sequence[Grant]] = GRANTS,
        root: Path = paths.ROOT,
    ) -> None:
        names = Names(settings)
        super().__init__(
            scope,
            "runbooks",  # the same in every environment: logical ids are made of it
            stack_name=names.stack,
            description=f"Runbooks of the TradAI platform, environment {names.env}",
            env=Environment(account=settings.account_id, region=settings.region),
            termination_protection=settings.retain_data,
            # CloudFormation takes a template of at most 1 MB, blanks included.
            suppress_template_indentation=True,
            # The CDK's command line checks the bootstrap's version by itself; the rule only adds a parameter.
            synthesizer=DefaultStackSynthesizer(generate_bootstrap_version_rule=False),
        )
        Tags.of(self).add("project", "tradai-runbooks")
        Tags.of(self).add("environment", names.env)
        self.reports = Reports(self, names)
        files = deployed(discover(root / "functions" / "tasks"), settings)
        # Before the functions, which are told its address.
        self.api = ApprovalsApi(self, names)
        bench = self._bench(names, files, root)
        bucket = self.reports.bucket.bucket_arn
        self.tasks = {
            file.name: Task(self, file, bench, task_statements(file, names, bucket, grants)) for file in files
        }
        # After the functions: who may write approvals is said by the ARNs of their roles.
        self.tables = Tables(self, names, self._writers(files, grants))
        self.mail = ApprovalMail(self, names)
        definitions = asl.discover(root / "statemachines")
        require_approvers(definitions, settings)
        self.machines = {definition.name: self._machine(definition, names) for definition in definitions}
        stop = self.machines.get(STOP)
        alarms = Alarms(self, names, stop_line(settings) if stop else None)
        triggers = Triggers(self, names, alarms, self.api, sorted(self.machines))
        for machine in self.machines.values():
            triggers.of_machine(machine)
        for file in files:
            triggers.of_task(file, self.tasks[file.name])
        # After everything that is watched.
        Dashboard(self, names, Shown(alarms.runbooks, alarms.queues, alarms.arns))
        direct = self._direct(stop, names, files, grants) if stop else None
        outputs(self, names, sorted(self.machines), self.reports.bucket, self.api.url, direct)

    def _bench(self, names: Names, files: Sequence[TaskFile], root: Path) -> Bench:
        target = target_of(names.settings)
        wanted = {"lambda"} | {layer for file in files for layer in file.layers}
        return Bench(
            names=names,
            target=target,
            code=_code(build_code(names.settings, root)),
            layers={layer: self._layer(layer, target) for layer in sorted(wanted)},
            environment={
                # No plugins are in the layer; looking for them reads every distribution at each cold start.
                "PYDANTIC_DISABLE_PLUGINS": "__all__",
                "TRADAI_ENV": names.env,
                "REPORTS_BUCKET": self.reports.bucket.bucket_name,
                "STATE_MACHINE_PREFIX": names.machine_prefix,
                **probe_addresses(self, names.settings),
                **exchange_api_urls(self),
                **time_scale(self, names.settings),
                **status_page(self, names.settings),
                **strategy_api(self),
                "APPROVALS_URL": self.api.url,
            },
            place=place_in(self, names.settings.platform.network),
            log=log_group(Construct(self, "Functions"), names.functions_log, names.settings),
        )

    def _writers(self, files: Sequence[TaskFile], grants: Mapping[str, Sequence[Grant]]) -> dict[str, list[str]]:
        """The roles that may do what to approvals, by action."""
        by_action = writers_of("table:approvals", files, grants)
        return {action: [self.tasks[one].role.role_arn for one in tasks] for action, tasks in by_action.items()}

    def _direct(
        self, stop: Machine, names: Names, files: Sequence[TaskFile], grants: Mapping[str, Sequence[Grant]]
    ) -> DirectStop:
        wanted, bucket = asl.references(stop.definition).tasks, self.reports.bucket.bucket_arn
        found = [one for file in files if file.name in wanted for one in granted(file, names, bucket, grants)]
        return DirectStop(self, names, found)

    def _layer(self, name: str, target: Target) -> lambda_.LayerVersion:
        return lambda_.LayerVersion(
            self,
            f"{name}-layer",
            description=f"Locked wheels of the group {name} for {target.runtime} on {target.architecture}",
            code=_code(build_layer(name, target)),
        )

    def _machine(self, definition: asl.Definition, names: Names) -> Machine:
        machine = Machine(self, definition, names)
        for task in sorted(asl.references(definition).tasks):
            if task not in self.tasks:
                raise SetupError(f"{definition.name}: there is no functions/tasks/{task}.py")
            machine.node.add_dependency(self.tasks[task])
        return machine


def _code(archive: Archive) -> lambda_.Code:
    """The archive under the hash of its content, so that two machines name the same thing alike."""
    return lambda_.Code.from_asset(
        str(archive.path), asset_hash=archive.digest, asset_hash_type=AssetHashType.CUSTOM
    )

"""The whole stack of one environment, from what lies in functions/tasks and statemachines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from aws_cdk import AssetHashType, DefaultStackSynthesizer, Environment, Stack, Tags
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from functions.grants import GRANTS, Grant
from functions.settings import Settings
from infra import asl, paths
from infra.asking import require_approvers
from infra.assets import Archive, build_code
from infra.constructs.alarms import SWEEP, WATCH, Alarms
from infra.constructs.approvals_api import ApprovalRoutes, ApprovalsApi
from infra.constructs.closer import CloserTrigger
from infra.constructs.machine import Machine
from infra.constructs.mail import ApprovalMail, MailEvents
from infra.constructs.network import place_in
from infra.constructs.outputs import outputs
from infra.constructs.parameters import probe_addresses, time_scale
from infra.constructs.reports import Reports
from infra.constructs.runbook import AlarmTrigger
from infra.constructs.schedule import Schedule
from infra.constructs.tables import Tables
from infra.constructs.task import Bench, Task
from infra.errors import SetupError
from infra.layers import build_layer
from infra.names import Names
from infra.policies import task_statements, writers_of
from infra.targets import Target, target_of
from infra.tasks import TaskFile, discover


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
            # The CDK's command line checks the bootstrap's version by itself; the rule only adds a parameter.
            synthesizer=DefaultStackSynthesizer(generate_bootstrap_version_rule=False),
        )
        Tags.of(self).add("project", "tradai-runbooks")
        Tags.of(self).add("environment", names.env)
        self.reports = Reports(self, names)
        files = discover(root / "functions" / "tasks")
        served = [file for file in files if file.trigger == "http"]
        self.api = ApprovalsApi(self, names) if served else None
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
        self._triggers(files, names)
        outputs(self, names, sorted(self.machines), self.reports.bucket, self.api.url if self.api else None)

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
                **time_scale(self, names.settings),
                **({"APPROVALS_URL": self.api.url} if self.api else {}),
            },
            place=place_in(self, names.settings.platform.network),
        )

    def _writers(self, files: Sequence[TaskFile], grants: Mapping[str, Sequence[Grant]]) -> dict[str, list[str]]:
        """The roles that may do what to approvals, by action."""
        by_action = writers_of("table:approvals", files, grants)
        return {action: [self.tasks[one].role.role_arn for one in tasks] for action, tasks in by_action.items()}

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

    def _triggers(self, files: Sequence[TaskFile], names: Names) -> None:
        """What starts something by itself, each with the alarms that watch over it."""
        settings, alarms = names.settings, Alarms(self, names)
        for name, machine in self.machines.items():
            runbook = machine.definition.runbook
            if not runbook.child:
                alarms.on_runs(machine)
            if runbook.trigger:
                trigger = AlarmTrigger(self, machine, runbook.trigger, names)
                alarms.on_dead_letters(name, trigger.dead_letters)
        for file in files:
            task = self.tasks[file.name]
            match file.trigger:
                case "closer":
                    closer = CloserTrigger(self, task, sorted(self.machines), names)
                    alarms.on_dead_letters("closer", closer.dead_letters)
                case "mail-events":
                    mail = MailEvents(self, task, names)
                    alarms.on_dead_letters("mail-events", mail.dead_letters)
                case "watcher":
                    minutes, enabled = settings.watch_every_minutes, settings.schedules_enabled
                    what = "Looks whether a symptom stays or comes back"
                    Schedule(self, "watcher", task, every_minutes=minutes, description=what, enabled=enabled)
                    alarms.on_schedule(WATCH, task, minutes, enabled=enabled)
                case "sweeper":
                    # Never switched off: a question would neither lapse nor reach the next person.
                    what = "Delivers, reminds, asks the next and lets lapse what people are asked"
                    Schedule(self, "sweeper", task, every_minutes=1, description=what)
                    alarms.on_schedule(SWEEP, task, 1)
                case "http" if self.api:
                    ApprovalRoutes(self, self.api, task, file, names)
                    alarms.on_page(task, self.api)


def _code(archive: Archive) -> lambda_.Code:
    """The archive under the hash of its content, so that two machines name the same thing alike."""
    return lambda_.Code.from_asset(
        str(archive.path), asset_hash=archive.digest, asset_hash_type=AssetHashType.CUSTOM
    )

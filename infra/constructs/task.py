"""One Lambda function a file in functions/tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import Acknowledgment, Duration, Validations
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.constructs.network import Place
from infra.constructs.role import role_for
from infra.names import Names
from infra.policies import Statement
from infra.targets import Target
from infra.tasks import TaskFile


@dataclass(frozen=True)
class Bench:
    """What every task of the stack shares."""

    names: Names
    target: Target
    code: lambda_.Code
    layers: Mapping[str, lambda_.ILayerVersion]
    environment: Mapping[str, str]
    place: Place
    log: logs.ILogGroup


class Task(Construct):
    """Function and role of one task."""

    def __init__(self, scope: Construct, task: TaskFile, bench: Bench, statements: Sequence[Statement]) -> None:
        super().__init__(scope, task.name)
        names, place = bench.names, bench.place if task.in_network else Place()
        name = names.function(task.name)
        self.role = role_for(self, "lambda.amazonaws.com", statements)
        self.function = lambda_.Function(
            self,
            "Function",
            function_name=name,
            description=task.description,
            runtime=lambda_.Runtime(bench.target.runtime, lambda_.RuntimeFamily.PYTHON),
            architecture=_ARCHITECTURE[bench.target.architecture],
            code=bench.code,
            handler=f"functions.tasks.{task.name}.handler",
            layers=[bench.layers[layer] for layer in ("lambda", *task.layers)],
            timeout=Duration.seconds(task.timeout),
            memory_size=task.memory,
            environment=dict(bench.environment),
            role=self.role,
            log_group=bench.log,
            tracing=lambda_.Tracing.ACTIVE,
            vpc=place.vpc,
            vpc_subnets=place.subnets,
            security_groups=place.groups,
        )
        Validations.of(self.function).acknowledge(
            Acknowledgment(
                id="AwsSolutions-L1",
                reason="The runtime is a setting: the one that the locked wheels and the tests are run with",
            )
        )


_ARCHITECTURE = {"arm64": lambda_.Architecture.ARM_64, "x86_64": lambda_.Architecture.X86_64}

"""The CDK app of one environment; cdk-nag's AwsSolutions pack looks at every synthesis.

The CDK's command line runs this file by cdk.json (`npx cdk diff -c env=prod`); `infra.synth` builds the
same app in-process.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from aws_cdk import App, Validations
from cdk_nag import AwsSolutionsChecks

from functions.settings import Settings
from infra import paths
from infra.config import load_settings
from infra.errors import SetupError
from infra.stack import RunbooksStack

# Feature flags stand here and not in cdk.json, so that both ways to synthesize give the same template.
FLAGS: dict[str, Any] = {
    "@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy": True,
    "@aws-cdk/core:enablePartitionLiterals": True,
    "@aws-cdk/core:target-partitions": ["aws"],
}


def new_app(out: Path | None = None, context: dict[str, Any] | None = None) -> App:
    """An app with the project's flags; an unacknowledged finding ends the synthesis."""
    app = App(outdir=str(out) if out else None, analytics_reporting=False, context={**FLAGS, **(context or {})})
    Validations.of(app).add_plugins(AwsSolutionsChecks(app, verbose=True))
    return app


def build_app(settings: Settings, out: Path | None = None, root: Path = paths.ROOT) -> App:
    """The app of one environment, ready to be synthesized into `out`."""
    app = new_app(out)
    RunbooksStack(app, settings, root=root)
    return app


def main() -> None:
    """What the CDK's command line runs: `-c env=...` says which environment."""
    app = new_app()
    env = app.node.try_get_context("env")
    try:
        if not env:
            raise SetupError("say which environment: npx cdk ... -c env=dev|staging|prod|local")
        RunbooksStack(app, load_settings(str(env)))
    except SetupError as error:
        sys.exit(str(error))
    app.synth()


if __name__ == "__main__":
    main()

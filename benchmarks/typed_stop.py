"""The seed's own commands for an emergency stop, typed into the AWS CLI by a script that never hesitates."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

CLI = "awscli==1.45.11"
STATES = "tradai-trading-state-local"
NAMES = '{"#status": "status"}'
TOPIC = "arn:aws:sns:eu-central-1:000000000000:tradai-local-alerts"


@contextmanager
def cli() -> Iterator[tuple[str, ...]]:
    """The `aws` of this machine, else one in a throwaway environment."""
    found = shutil.which("aws")
    if found is not None:
        yield (found,)
        return
    with TemporaryDirectory(prefix="tradai-bench-aws-") as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        python = Path(folder) / "bin" / "python"
        subprocess.run([python, "-m", "pip", "install", "-q", CLI], check=True)
        yield (str(Path(folder) / "bin" / "aws"),)


def typed(endpoint_url: str, aws: tuple[str, ...]) -> dict[str, float]:
    """Seconds of scan, of one update (mean), of all the rest, and how many were stopped."""
    began = time.monotonic()
    scan = ("--filter-expression", "#status = :running", "--expression-attribute-names", NAMES)
    values = ("--expression-attribute-values", '{":running": {"S": "running"}}')
    found = run(endpoint_url, aws, "dynamodb", "scan", "--table-name", STATES, *scan, *values)
    ids = [item["strategy_id"]["S"] for item in json.loads(found)["Items"]]
    scanned = time.monotonic()
    for one in ids:
        key = json.dumps({"strategy_id": {"S": one}})
        change = ("--update-expression", "SET #status = :stopped", "--expression-attribute-names", NAMES)
        values = ("--expression-attribute-values", '{":stopped": {"S": "stopped"}}')
        run(endpoint_url, aws, "dynamodb", "update-item", "--table-name", STATES, "--key", key, *change, *values)
    updated = time.monotonic()
    service = ("--cluster", "tradai-local", "--service", "tradai-strategy-service-local", "--desired-count", "0")
    run(endpoint_url, aws, "ecs", "update-service", *service)
    run(endpoint_url, aws, "sns", "publish", "--topic-arn", TOPIC, "--message", "trading is stopped")
    return {
        "scan_seconds": scanned - began,
        "update_seconds": (updated - scanned) / len(ids),
        "rest_seconds": time.monotonic() - updated,
        "stopped": len(ids),
    }


def run(endpoint_url: str, aws: tuple[str, ...], *words: str) -> str:
    keys = {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench", "AWS_DEFAULT_REGION": "eu-central-1"}
    environment = {**os.environ, **keys, "AWS_ENDPOINT_URL": endpoint_url, "AWS_PAGER": ""}
    done = subprocess.run(
        [*aws, *words, "--output", "json"], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout

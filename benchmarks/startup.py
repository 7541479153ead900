"""Start-up of each task: process CPU of import and clients, against bare boto3 with the same clients; and what
the exchange adds to a task that talks to one."""

from __future__ import annotations

import importlib
import os
import resource
import shutil
import statistics
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from functions.grants import GRANTS
from infra.assets import build_code
from infra.config import load_settings
from infra.layers import build_layer
from infra.targets import target_of

ROOT = Path(__file__).parent.parent
TIMES = 15
CLIENTS = {"states": "stepfunctions"}
OURS = """
from functions.tasks import {task}
from functions.adapters.wiring import wire
from functions.runtime import settings
wire(settings(), {task}.handler.needs)
services = {services!r}
if services:
    from functions.adapters.aws import Aws
    from functions.adapters.aws_errors import Saying
    aws = Aws("eu-central-1")
    for service in services:
        aws.client(service, Saying.READ)
"""
BARE = """
import boto3
for service in {services!r}:
    boto3.client(service, region_name="eu-central-1")
"""
# Both halves of a task that talks to an exchange: without the port, and with it and a client of the venue.
WITHOUT_EXCHANGE = """
from functions.tasks import {task}
from functions.adapters.wiring import wire
from functions.runtime import settings
from functions.adapters.aws import Aws
from functions.adapters.aws_errors import Saying
wire(settings(), tuple(need for need in {task}.handler.needs if not need.startswith("exchange.")))
aws = Aws("eu-central-1")
for service in {services!r}:
    aws.client(service, Saying.READ)
"""
WITH_EXCHANGE = (
    WITHOUT_EXCHANGE
    + """
from functions.adapters.exchange.client import Clients
from functions.adapters.exchange.venues.binanceusdm import API
wire(settings(), {task}.handler.needs)
Clients(aws, settings(), {{}}).public(API)
"""
)


def measure() -> dict[str, Any]:
    """Median of 15 processes each; interleaved, so that a busy moment of the machine meets both."""
    path = _lambda_path()
    tasks = sorted(p.stem for p in (ROOT / "functions" / "tasks").glob("*.py") if p.stem != "__init__")
    bare: dict[tuple[str, ...], float] = {}
    found: dict[str, Any] = {}
    for task in tasks:
        services = _services(task)
        ours, other = [], []
        for _ in range(TIMES):
            ours.append(_cpu(OURS.format(task=task, services=services), path))
            if services not in bare:
                other.append(_cpu(BARE.format(services=services), path))
        bare.setdefault(services, statistics.median(other) if other else 0.0)
        mine = statistics.median(ours)
        found[task] = {
            "clients": list(services),
            "cpu_seconds": round(mine, 3),
            "bare_boto3_cpu_seconds": round(bare[services], 3),
            "ratio": round(mine / bare[services], 2),
        }
    ratios = [entry["ratio"] for entry in found.values()]
    return {
        "tasks": found,
        "worst_ratio": max(ratios),
        "median_ratio": round(statistics.median(ratios), 2),
        "exchange": measure_exchange(path),
    }


def measure_exchange(path: str, task: str = "look_at_unit") -> dict[str, Any]:
    """What the exchange adds to the start of a task: its port, ccxt and a client, with the layer of `local`."""
    archive = build_layer("exchange", target_of(load_settings("local")))
    folder = ROOT / "build" / "bench" / "exchange"
    with zipfile.ZipFile(archive.path) as packed:
        packed.extractall(folder)
        unzipped = sum(entry.file_size for entry in packed.infolist())
    path = os.pathsep.join([path, str(folder / "python")])
    services = _services(task)
    programs = [program.format(task=task, services=services) for program in (WITHOUT_EXCHANGE, WITH_EXCHANGE)]
    taken = [[_cpu(program, path) for program in programs] for _ in range(TIMES)]
    without, with_it = (statistics.median(column) for column in zip(*taken, strict=True))
    return {
        "task": task,
        "cpu_seconds": round(with_it, 3),
        "without_exchange_cpu_seconds": round(without, 3),
        "added_cpu_seconds": round(with_it - without, 3),
        "layer_mb": round(archive.path.stat().st_size / 1e6, 1),
        "layer_unzipped_mb": round(unzipped / 1e6, 1),
    }


def _services(task: str) -> tuple[str, ...]:
    module = importlib.import_module(f"functions.tasks.{task}")
    actions = {
        action for need in module.handler.needs for grant in GRANTS.get(need, ()) for action in grant.actions
    }
    prefixes = {action.partition(":")[0] for action in actions}
    return tuple(sorted(CLIENTS.get(prefix, prefix) for prefix in prefixes))


def _lambda_path() -> str:
    """What a function of the embedded AWS finds on its path: the code asset, then the layer."""
    settings = load_settings("local")
    folder = ROOT / "build" / "bench"
    shutil.rmtree(folder, ignore_errors=True)
    for name, archive in (("code", build_code(settings)), ("layer", build_layer("lambda", target_of(settings)))):
        with zipfile.ZipFile(archive.path) as packed:
            packed.extractall(folder / name)
    return os.pathsep.join([str(folder / "code"), str(folder / "layer" / "python")])


def _cpu(program: str, path: str) -> float:
    environment = {
        "PATH": os.environ["PATH"],
        # /var/task is read-only in Lambda: what has no bytecode is compiled at every cold start.
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYDANTIC_DISABLE_PLUGINS": "__all__",
        "PYTHONPATH": path,
        "LAMBDA_TASK_ROOT": path.partition(os.pathsep)[0],
        "REPORTS_BUCKET": "bench",
        "STATE_MACHINE_PREFIX": "arn:aws:states:eu-central-1:000000000000:stateMachine:tradai-local-",
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
    }
    before = _children_cpu()
    command: Sequence[str] = [sys.executable, "-c", program]
    subprocess.run(command, env=environment, check=True, cwd=ROOT / "build")
    return _children_cpu() - before


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime

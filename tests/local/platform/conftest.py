"""One engine with a seeded platform for all tests of the stand-in, brought back to health before each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.engine.process import Engine
from local.platform.aws import Aws
from local.platform.seed import DEFAULT_STRATEGIES, seed
from local.platform.seeding.tables import put_strategies
from tests.local.engine.lab import eventually
from tests.local.platform.rig import SCALE, STATES, Rig

# A start of always the same length: these tests are about what happens after it.
ENVIRONMENT = {"LOCAL_ECS_START_SECONDS": "15,15"}


@pytest.fixture(scope="package")
def seeded() -> Iterator[Rig]:
    with Engine.start(time_scale=SCALE, env=ENVIRONMENT) as engine:
        seed(engine.endpoint_url, None)
        rig = Rig(engine)
        assert rig.call("POST", "/platform", {"start": True}).status == 200
        yield rig


@pytest.fixture(scope="package")
def aws(seeded: Rig) -> Aws:
    """Made once: a boto3 session takes as long as a whole test."""
    return Aws(seeded.engine.endpoint_url)


@pytest.fixture
def rig(seeded: Rig, aws: Aws) -> Rig:
    """Five healthy strategies, one copy, no fault, counts at zero, the alarm OK."""
    seeded.call("DELETE", "/faults")
    items = seeded.client("dynamodb").scan(TableName=STATES)["Items"]
    strange = {item["strategy_id"]["S"] for item in items} - {one.strategy_id for one in DEFAULT_STRATEGIES}
    for strategy_id in strange:
        seeded.delete(strategy_id)
    put_strategies(aws, DEFAULT_STRATEGIES)
    eventually(seeded.running, lambda copies: len(copies) == 1)
    before = seeded.stats()["heartbeats"]
    eventually(
        lambda: seeded.stats()["heartbeats"],
        lambda now: all(now.get(one.strategy_id, 0) > before.get(one.strategy_id, 0) for one in DEFAULT_STRATEGIES),
    )
    eventually(lambda: seeded.alarm()["StateValue"], lambda state: state == "OK")
    seeded.call("DELETE", "/stats")
    return seeded

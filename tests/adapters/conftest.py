"""Every contract test runs twice: against the in-memory twin, and against the real adapter on ministack."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import boto3
import pytest

from tests.adapters.aws_rig import AwsRig
from tests.adapters.ministack import REGION, ministack
from tests.adapters.rigs import MemoryRig, Rig
from tests.adapters.side_server import SideServer, side_server

NOW = datetime(2026, 1, 31, 3, tzinfo=UTC)


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("ministack")
    with ministack(folder) as url:
        yield url


@pytest.fixture(scope="session")
def side() -> Iterator[SideServer]:
    with side_server() as served:
        yield served


@pytest.fixture(scope="session")
def platform(endpoint: str, side: SideServer) -> Iterator[boto3.Session]:
    """A session whose clients reach ministack; also what the adapters' own clients read."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", endpoint)
        patch.setenv("AWS_ENDPOINT_URL_APPLICATION_AUTO_SCALING", side.url)
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        patch.setenv("AWS_DEFAULT_REGION", REGION)
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        yield boto3.Session(region_name=REGION)


@pytest.fixture(scope="session")
def aws_rig(platform: boto3.Session, side: SideServer) -> AwsRig:
    return AwsRig(platform, side)


@pytest.fixture(params=["twin", "real"])
def rig(request: pytest.FixtureRequest) -> Rig:
    """An empty world at 03:00 UTC with its ports."""
    if request.param == "twin":
        return MemoryRig(NOW)
    rig: AwsRig = request.getfixturevalue("aws_rig")
    rig.reset(NOW)
    return rig

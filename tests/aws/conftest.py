"""AWS's Step Functions, as botocore's model of it has it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber


@pytest.fixture
def stub() -> Iterator[Stubber]:
    client: Any = boto3.client(
        "stepfunctions", region_name="eu-central-1", aws_access_key_id="test", aws_secret_access_key="test"
    )
    with Stubber(client) as found:
        yield found
        found.assert_no_pending_responses()

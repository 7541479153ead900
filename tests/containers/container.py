"""The second engine in its container, by testcontainers."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from local.engine.environment import ACCOUNT_ID, REGION

# Step Functions Local's; LocalStack listens on 4566.
PORT = int(os.environ.get("STEPFUNCTIONS_PORT", "8083"))
CASES = "/home/StepFunctionsLocal/MockConfigFile.json"
READY_SECONDS = 60


@contextmanager
def second_engine(address: str, image: str, cases: Mapping[str, Any], scale: float) -> Iterator[str]:
    """Its endpoint URL, once it answers.

    Args:
        address: of the Docker engine, which DOCKER_HOST names too.
        image: anything that speaks Step Functions Local's API and knows its environment variables.
        cases: the mock file's content.
        scale: of Wait states.
    """
    from testcontainers.core.config import ConnectionMode, testcontainers_config
    from testcontainers.core.container import DockerContainer
    from testcontainers.core.wait_strategies import HttpWaitStrategy

    # Its helper container would have to be pulled; ours ends with the `with` block.
    testcontainers_config.ryuk_disabled = True
    local = address.startswith("unix://")
    if local:
        testcontainers_config.connection_mode_override = ConnectionMode.docker_host
        testcontainers_config.tc_host_override = "127.0.0.1"
    container = DockerContainer(image)
    container.with_envs(
        AWS_ACCOUNT_ID=ACCOUNT_ID,
        AWS_DEFAULT_REGION=REGION,
        AWS_ACCESS_KEY_ID="test",
        AWS_SECRET_ACCESS_KEY="test",
        WAIT_TIME_SCALE=str(scale),
        SFN_MOCK_CONFIG=CASES,
        # A state without a mocked answer must fail at once, and never reach anything real.
        LAMBDA_ENDPOINT="http://127.0.0.1:9",
        SNS_ENDPOINT="http://127.0.0.1:9",
        DYNAMODB_ENDPOINT="http://127.0.0.1:9",
        STEP_FUNCTIONS_ENDPOINT="http://127.0.0.1:9",
    )
    container.with_copy_into_container(json.dumps(cases).encode(), CASES)
    published: dict[str, Any] = container.ports
    published[str(PORT)] = ("127.0.0.1",) if local else None
    # Any answer of the server is one: Step Functions Local has no page of its own to ask for.
    answers = HttpWaitStrategy(PORT).for_status_code_matching(lambda code: code > 0)
    container.waiting_for(answers.with_startup_timeout(READY_SECONDS))
    with container:
        yield f"http://{container.get_container_host_ip()}:{container.get_exposed_port(PORT)}"

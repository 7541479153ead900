"""One embedded AWS for a file of tests about approvals, at a pace at which a browser can follow."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from console import local_stack
from tests.approvals.desk import Desk
from tests.e2e.conftest import MeteredPieces
from tests.e2e.platform import Platform

# A question that lapses after an hour lapses after two minutes, one of 10 minutes after 20 seconds.
SCALE = 1 / 30


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The stack with policies enforced, its approvals API, and a machine that asks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRADAI_LOCAL_DIR", str(tmp_path_factory.mktemp("local")))
        stack = local_stack.up(MeteredPieces("approvals"), lambda _text: None, time_scale=SCALE, iam=True)
        try:
            platform = Platform.of(stack.state, SCALE)
            platform.warm("ask", "approvals-page", "note-mail-event", "sweep-approvals")
            yield Desk(platform, outputs(platform)["ApprovalsUrl"]).ready()
        finally:
            stack.close()


def outputs(platform: Platform) -> dict[str, str]:
    stacks = platform.client("cloudformation").describe_stacks(StackName="tradai-local-runbooks")["Stacks"]
    return {one["OutputKey"]: one["OutputValue"] for one in stacks[0]["Outputs"]}

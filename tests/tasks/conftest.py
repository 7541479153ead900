from __future__ import annotations

import pytest

from tests.tasks.desk import URL, ApprovalDesk
from tests.tasks.rig import Rig


@pytest.fixture
def rig() -> Rig:
    """A platform without strategies, at 03:00 UTC."""
    return Rig()


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> ApprovalDesk:
    """Four people in three waves, at 03:00 UTC."""
    monkeypatch.setenv("APPROVALS_URL", URL)
    return ApprovalDesk()

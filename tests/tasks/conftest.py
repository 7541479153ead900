from __future__ import annotations

import pytest

from tests.tasks.rig import Rig


@pytest.fixture
def rig() -> Rig:
    """A platform without strategies, at 03:00 UTC."""
    return Rig()

"""One recorder a test, on a free port of this machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.adapters.venues.recorder import Recorder, recording


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with recording() as made:
        yield made

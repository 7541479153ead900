"""Nothing is asked of AWS unless somebody says so and has credentials."""

from __future__ import annotations

import os
from typing import Any

SWITCH = "TRADAI_TEST_AWS"


def why_not(session: Any) -> str | None:
    """Why this lane does not run; None where it may. `session`: a `boto3.Session`, asked only after the switch."""
    if os.environ.get(SWITCH) != "1":
        return f"{SWITCH}=1 is not set"
    if session.get_credentials() is None:
        return "there are no AWS credentials"
    return None

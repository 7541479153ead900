"""What `local up` leaves behind for the other commands: one JSON file, readable by its owner only.

In a checkout it lies in `.local/` of the project (so that two clones do not meet), else in the user's
cache folder; `TRADAI_LOCAL_DIR` overrides both.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

REGION = "eu-central-1"


class LocalState(BaseModel):
    """A running embedded AWS. `access_key_id`/`secret_access_key` stand only where IAM is enforced."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    endpoint_url: str
    pid: int
    time_scale: float
    region: str = REGION
    approvals_url: str | None = None
    mailbox_url: str
    exchange_url: str
    state_machines: dict[str, str] = {}
    access_key_id: str | None = None
    secret_access_key: str | None = None

    def shown(self) -> dict[str, Any]:
        """CONTRACT.md 7: what `local up --json` prints; with IAM the key pair too."""
        names = ("endpoint_url", "region", "approvals_url", "mailbox_url", "exchange_url", "state_machines")
        whole = self.model_dump()
        keys = ("access_key_id", "secret_access_key") if self.access_key_id else ()
        return {name: whole[name] for name in (*names, *keys)}


def folder() -> Path:
    """Where the state file and the engine's log lie. Created by whoever writes."""
    given = os.environ.get("TRADAI_LOCAL_DIR")
    if given:
        return Path(given)
    root = Path(__file__).resolve().parent.parent
    if (root / "pyproject.toml").is_file():
        return root / ".local"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tradai-runbooks"


def path() -> Path:
    return folder() / "state.json"


def read() -> LocalState | None:
    """None where there is none or where it cannot be read (a half-written one counts as none)."""
    try:
        return LocalState.model_validate_json(path().read_text("utf-8"))
    except (OSError, ValidationError, UnicodeDecodeError):
        return None


def write(state: LocalState) -> None:
    """Whole or not at all: readers never see half a file."""
    folder().mkdir(parents=True, exist_ok=True)
    draft = path().with_suffix(".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(state.model_dump(), file, indent=2)
    draft.replace(path())


def forget() -> None:
    path().unlink(missing_ok=True)

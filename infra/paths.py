"""Where things lie: in a checkout, or beside the installed packages."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FUNCTIONS = ROOT / "functions"
STATEMACHINES = ROOT / "statemachines"
ENVIRONMENTS = Path(__file__).resolve().parent / "environments"


def project() -> Path:
    """The folder with `pyproject.toml` and `uv.lock`: the checkout's root, or the wheel's copy of both."""
    return ROOT if (ROOT / "uv.lock").exists() else Path(__file__).resolve().parent / "lock"


def build() -> Path:
    """Where built things are cached: `build/` of the checkout, else the user's cache folder."""
    if (ROOT / "uv.lock").exists():
        return ROOT / "build"
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(cache) / "tradai-runbooks"

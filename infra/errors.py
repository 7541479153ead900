"""What can go wrong before anything is deployed; every message says what to change."""

from __future__ import annotations


class SetupError(Exception):
    """A wrong setting, a missing tool or a broken input. The command line prints it and exits with 2."""

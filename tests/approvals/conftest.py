"""The embedded AWS of this folder's tests."""

from tests.approvals.rig import desk

__all__ = ["desk"]

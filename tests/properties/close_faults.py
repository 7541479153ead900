"""What befalls single requests of a close over HTTP: the stand-in's faults, by what is certain after them."""

from __future__ import annotations

from typing import Any, Final

from tests.properties.close_wire import HANGS

Said = tuple[str, dict[str, Any]]
# The venue says that it took no order, and may take the next.
PASSING: Final[tuple[Said, ...]] = (
    ("rate-limited", {}),
    ("banned", {}),
    ("too-many-orders", {}),
    ("insufficient-balance", {}),
    ("invalid-price", {"code": -4131}),
    ("refused", {"code": -1021, "text": "Timestamp for this request is outside of the recvWindow."}),
    ("reduce-only-refused", {"code": -2022}),
    ("reduce-only-refused", {"code": -4118}),
)
# Nothing was done, and nothing says so for certain.
BEFORE: Final[tuple[Said, ...]] = (
    ("timeout-before-accept", {"seconds": HANGS}),
    ("connection-drop", {}),
    ("unavailable", {}),
    ("overloaded", {}),
    ("internal-timeout", {}),
    ("disconnected", {}),
    ("maintenance", {}),
    ("maintenance", {"plain": True}),
)
# It was done, and the answer does not say so.
AFTER: Final[tuple[Said, ...]] = (
    ("timeout-after-accept", {"seconds": HANGS}),
    ("connection-drop-after-accept", {}),
    ("unavailable-after-accept", {}),
    ("internal-timeout-after-accept", {}),
    ("empty-answer", {}),
    ("cut-answer", {}),
    ("html-answer", {}),
    ("answer-without-id", {}),
)
# A person must decide.
HOPELESS: Final[tuple[Said, ...]] = (("no-permission", {}), ("invalid-symbol", {}))
# A reading that tells nothing.
READING: Final[tuple[Said, ...]] = (
    *BEFORE,
    ("rate-limited", {}),
    ("banned", {}),
    ("refused", {"code": -1021, "text": "Timestamp for this request is outside of the recvWindow."}),
    ("empty-answer", {}),
    ("cut-answer", {}),
    ("html-answer", {}),
    ("answer-without-id", {}),
)
# On the order that closes; and on those that only move protection, or cancel.
OF_AN_ORDER: Final = {"passing": PASSING, "before": BEFORE, "after": AFTER, "hopeless": HOPELESS}
HOW: Final = (
    "passing",
    "passing",
    "before",
    "before",
    "after",
    "after",
    "after",
    "late",
    "late",
    "late",
    "hopeless",
)
HOW_ELSE: Final = ("before", "after", "late")

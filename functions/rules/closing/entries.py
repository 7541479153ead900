"""Whether a strategy may take entries again after a close of its position."""

from __future__ import annotations

from typing import Protocol

from functions.ports.exchange import How
from functions.rules.closing.next_step import Step


class Looked(Protocol):
    @property
    def verdict(self) -> Step: ...
    @property
    def how(self) -> How | None: ...


class Watching(Protocol):
    @property
    def trades_against(self) -> tuple[str, ...]: ...


class Protecting(Protocol):
    @property
    def protected(self) -> bool | None: ...
    @property
    def why(self) -> str: ...


def why_stay_paused(look: Looked | None, watched: Watching | None, restored: Protecting | None) -> str | None:
    """None: it may. What is not known keeps it paused: a person decides."""
    if look is None:
        return "how the position stands is not known"
    if look.verdict is not Step.FLAT and look.how not in ("void", "not_closed", "dust"):
        return f"the close ended {look.how or 'in between'}"
    if restored is not None and restored.protected is False:
        return f"the position's protection was not seen at the venue ({restored.why})"
    if watched is not None and watched.trades_against:
        return f"it opened again by {', '.join(watched.trades_against[:5])}"
    return None

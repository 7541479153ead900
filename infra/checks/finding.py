"""What a check has to say."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """`state` is where it stands (`Diagnose[0]/ProbeExchange`), empty for the machine itself.

    A warning is shown and does not fail the gate.
    """

    machine: str
    state: str
    rule: str
    message: str
    warning: bool = False

    def __str__(self) -> str:
        mark = f"{self.rule}, warning" if self.warning else self.rule
        return f"{self.machine}/{self.state}: {self.message} [{mark}]"

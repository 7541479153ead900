"""What incidents have changed in strategies' configs, and how it is put back: one conditional write for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from functions.errors import RunbookError, Uncertain
from functions.orders.written import in_words
from functions.ports import StrategyConfig

NEEDS: Final = (
    "strategy_config.changes",
    "strategy_config.get",
    "strategy_config.overrides",
    "strategy_config.put_back",
    "strategy_config.undo",
)


@dataclass(frozen=True, slots=True)
class Standing:
    """One change that stands. `until` None: it lasts. `temporary`: put back by itself."""

    strategy_id: str
    field: str
    incident_id: str
    old: Any
    value: Any
    temporary: bool
    until: datetime | None

    def told(self) -> str:
        change = f"{self.field} {in_words(self.old)} -> {in_words(self.value)}"
        if not self.temporary:
            return f"{self.strategy_id}: {change}, lasting"
        until = f"until {self.until.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if self.until else "until an unknown time"
        return f"{self.strategy_id}: {change}, {until}"

    def back(self) -> str:
        """What putting it back would do."""
        return f"{self.strategy_id}: {self.field} {in_words(self.value)} -> {in_words(self.old)}"


@dataclass(frozen=True, slots=True)
class Undone:
    """What came of one of them. `done` None: it is not known."""

    change: Standing
    done: bool | None
    why: str

    def told(self) -> str:
        one = self.change
        return f"{one.strategy_id}: {one.field} {self.why}"


def standing(config: StrategyConfig, incident_id: str | None = None) -> list[Standing]:
    """By strategy and field; of one incident, where one is named. Raises what the port raises."""
    found = [_of(one, temporary=True) for one in config.overrides()]
    found += [_of(one, temporary=False) for one in config.changes()]
    mine = [one for one in found if incident_id in (None, one.incident_id)]
    return sorted(mine, key=lambda one: (one.strategy_id, one.field, one.incident_id))


def undo(config: StrategyConfig, changes: list[Standing]) -> Iterator[Undone]:
    """Each by itself: one that cannot be put back keeps no other."""
    for one in changes:
        try:
            put_back = config.put_back if one.temporary else config.undo
            done = put_back(one.strategy_id, one.field, incident_id=one.incident_id)
            yield Undone(one, True, f"is {in_words(one.old)} again") if done else _not_ours(config, one)
        except Uncertain as error:
            yield Undone(one, None, f"may be put back or not: {error}")
        except RunbookError as error:
            yield Undone(one, False, f"was not put back: {error}")


def _not_ours(config: StrategyConfig, one: Standing) -> Undone:
    now = in_words((config.get(one.strategy_id) or {}).get(one.field))
    return Undone(
        one, False, f"is {now} now, and not {in_words(one.value)} as the incident left it: it stays as it is"
    )


def _of(record: Mapping[str, Any], *, temporary: bool) -> Standing:
    return Standing(
        strategy_id=str(record["strategy_id"]),
        field=str(record["field"]),
        incident_id=str(record["incident_id"]),
        old=record["old"],
        value=record["value"],
        temporary=temporary,
        until=record["expires_at"] if temporary else None,
    )

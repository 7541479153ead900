"""Values that nobody has chosen yet: what a definition asks of them is written down, and fulfilled at the end."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Final

ANY: Final = "any"
# What only the engine knows: an id, a time, a text that it puts together.
FROM_THE_ENGINE: Final = "(from the engine)"


class Conflict(Exception):
    """Two things are asked of one value that do not go together: this path cannot be walked so."""


@dataclass(eq=False)
class Unknown:
    """A value, as far as it is known. `closed`: `fields` are all there are. `under`: what shows through where a
    field was put on top. `settled`: it is `value`. `missing`: there must be no such field. `record`: an object,
    even where nothing is asked of it. `label`: what it is where it may be anything; values of different origin
    differ, so that one that is taken for another shows."""

    fields: dict[str, Unknown] = field(default_factory=dict)
    items: list[Unknown] | None = None
    under: Unknown | None = None
    closed: bool = False
    settled: bool = False
    missing: bool = False
    record: bool = False
    label: str = ANY
    value: Any = None
    excluded: set[str] = field(default_factory=set)

    def at(self, name: str) -> Unknown:
        """A field of it that must be there."""
        found = self._field(name)
        if found.missing:
            raise Conflict(f"{name} must not be there")
        return found

    def without(self, name: str) -> None:
        """There must be no such field."""
        found = self._field(name, missing=True)
        if not found.missing:
            raise Conflict(f"{name} is there")

    def _field(self, name: str, *, missing: bool = False) -> Unknown:
        if self.settled or self.items is not None or self.missing:
            raise Conflict(f"it has no field {name}")
        if name in self.fields:
            return self.fields[name]
        if self.under is not None:
            return self.under._field(name, missing=missing)
        if self.closed:
            if missing:
                return Unknown(missing=True)
            raise Conflict(f"it has no field {name}")
        self.fields[name] = Unknown(missing=missing, label=f"{self.label} {name}")
        return self.fields[name]

    def with_field(self, name: str, value: Unknown) -> Unknown:
        """The same with one field put on top, as a ResultPath does."""
        if self.settled or self.items is not None:
            raise Conflict(f"nothing can be put into it at {name}")
        return Unknown(under=self, fields={name: value})

    def be(self, value: Any) -> None:
        if self.settled:
            if type(self.value) is not type(value) or self.value != value:
                raise Conflict(f"it is {self.value!r}, not {value!r}")
            return
        if self._is_compound or _key(value) in self.excluded:
            raise Conflict(f"it cannot be {value!r}")
        self.settled, self.value = True, value

    def be_other_than(self, value: Any) -> None:
        if self.settled and type(self.value) is type(value) and self.value == value:
            raise Conflict(f"it is {value!r}")
        self.excluded.add(_key(value))

    def listed(self, least: int = 1) -> list[Unknown]:
        """Its items; so many alike, where nobody has said how many there are."""
        if self.settled or self.fields or self.under is not None or self.closed:
            raise Conflict("it is no list")
        if self.items is None:
            self.items = [Unknown(label=f"{self.label} item")] * least
        if len(self.items) < least:
            raise Conflict(f"it has fewer than {least} items")
        return self.items

    def scalar(self, value: Any) -> Any:
        """What it is; `value` where nobody has said."""
        if not self.settled:
            self.be(value)
        return self.value

    def text(self) -> None:
        """It is no object and no list, and may be put into a text."""
        self.scalar(self.label)

    @property
    def _is_compound(self) -> bool:
        return self.record or bool(self.fields) or self.items is not None or self.under is not None or self.closed

    def fulfilled(self) -> Any:
        """A JSON value that is as asked."""
        if self.settled:
            return self.value
        if self.items is not None:
            return [one.fulfilled() for one in self.items]
        if self._is_compound:
            below = self.under.fulfilled() if self.under is not None else {}
            return {**below, **{name: one.fulfilled() for name, one in self.fields.items() if not one.missing}}
        return next(one for one in (self.label, "other", "yet another") if _key(one) not in self.excluded)


def known(value: Any) -> Unknown:
    """A value that is written down in a definition."""
    if isinstance(value, dict):
        return Unknown(closed=True, fields={name: known(one) for name, one in value.items()})
    if isinstance(value, list):
        return Unknown(items=[known(one) for one in value])
    return Unknown(settled=True, value=value)


def _key(value: Any) -> str:
    return json.dumps(value)

"""What an emergency stop was told, read so that nothing keeps it from stopping.

It refuses only a `dry_run` that is no boolean: nobody may think that he rehearsed. Whatever else cannot be read
makes it stop all, and it says so. What this makes of an input it makes of its own result too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final
from unicodedata import category

# More than these are not kept one by one in the kill switch, which is one item: then it stops all.
MOST_IDS: Final = 200
# Bytes of a name; with it a whole order fits into every state many times over.
MOST_NAME: Final = 255
MOST_TEXT: Final = 256
# Sentences about what could not be read; the last one says how many more there are.
MOST_UNREAD: Final = 20
# Control and format characters.
UNSHOWN: Final = frozenset({"Cc", "Cf"})
KNOWN: Final = frozenset(
    {
        "reason",
        "requested_by",
        "strategy_ids",
        "cancel_entry_orders",
        "dry_run",
        "unread",
        "Comment",
        "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID",
    }
)
NO_REASON: Final = "no reason given"
NOBODY: Final = "nobody named"


class NotReadable(ValueError):
    """`dry_run` is no boolean."""


@dataclass(frozen=True, slots=True)
class StopOrder:
    """`strategy_ids` None: all. `unread`: what could not be read, a sentence each; then it stops all. `comment`:
    whatever stands there keeps nothing from stopping."""

    strategy_ids: tuple[str, ...] | None
    cancel_entry_orders: bool
    dry_run: bool
    reason: str
    requested_by: str
    unread: tuple[str, ...] = ()
    comment: str | None = None

    @property
    def everything(self) -> bool:
        return self.strategy_ids is None

    def concerns(self, strategy_id: str) -> bool:
        return self.strategy_ids is None or strategy_id in self.strategy_ids

    def as_json(self) -> dict[str, Any]:
        """What `read` reads as this very order."""
        given = asdict(self)
        comment = given.pop("comment")
        if comment is not None:
            given["Comment"] = comment
        if self.strategy_ids is None:
            del given["strategy_ids"]
        return given


def read(given: object) -> StopOrder:
    """Total but for `NotReadable`."""
    if not isinstance(given, Mapping):
        return StopOrder(None, True, False, NO_REASON, NOBODY, (f"input: no JSON object, is {_shown(given)}",))
    dry_run = given.get("dry_run", False)
    if not isinstance(dry_run, bool):
        raise NotReadable(f"dry_run: must be true or false, is {_shown(dry_run)}")
    unread = _told_before(given.get("unread", ()))
    unread += [f"{_plain(name)}: unknown field" for name in sorted(map(str, given)) if name not in KNOWN]
    strategy_ids = _ids(given, unread)
    cancel = given.get("cancel_entry_orders", True)
    if not isinstance(cancel, bool):
        unread.append(f"cancel_entry_orders: must be true or false, is {_shown(cancel)}")
        cancel = True
    reason = _text(given, "reason", NO_REASON, unread)
    requested_by = _text(given, "requested_by", NOBODY, unread)
    return StopOrder(
        strategy_ids=None if unread else strategy_ids,
        cancel_entry_orders=cancel,
        dry_run=dry_run,
        reason=reason,
        requested_by=requested_by,
        unread=_bounded(unread),
        comment=_comment(given.get("Comment")),
    )


def _told_before(value: object) -> list[str]:
    """What the task before this one could not read; nobody else has a reason to say so."""
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        return [f"unread: unknown field, is {_shown(value)}"]
    return list(value)


def _bounded(unread: list[str]) -> tuple[str, ...]:
    told = list(dict.fromkeys(_plain(one) for one in unread))
    if len(told) > MOST_UNREAD:
        told = [*told[: MOST_UNREAD - 1], f"and {len(told) - MOST_UNREAD + 1} more"]
    return tuple(told)


def _plain(text: str) -> str:
    """One line of bounded length that can be sent, stored and shown: half of a surrogate pair is no character, and
    what rings a bell or turns the line around is dropped."""
    shown = "".join(one for one in " ".join(text.split()) if category(one) not in UNSHOWN)
    whole = " ".join(shown.split())[:MOST_TEXT].rstrip()
    return whole.encode("utf-8", "replace").decode()


def _ids(given: Mapping[Any, Any], unread: list[str]) -> tuple[str, ...] | None:
    if "strategy_ids" not in given:
        return None
    value = given["strategy_ids"]
    if not isinstance(value, list | tuple) or not value:
        unread.append(f"strategy_ids: must be a list of names that is not empty, is {_shown(value)}")
        return None
    if len(value) > MOST_IDS:
        unread.append(f"strategy_ids: {len(value)} names, at most {MOST_IDS} can be stopped by name")
        return None
    odd = [one for one in value if not _is_name(one)]
    if odd:
        unread.append(f"strategy_ids: {_shown(odd[0])} is no name")
        return None
    return tuple(dict.fromkeys(value))


def _is_name(value: object) -> bool:
    try:
        return isinstance(value, str) and 0 < len(value.encode()) <= MOST_NAME
    except UnicodeEncodeError:
        return False


def _text(given: Mapping[Any, Any], name: str, otherwise: str, unread: list[str]) -> str:
    value = given.get(name, otherwise)
    if not isinstance(value, str) or not value.strip():
        unread.append(f"{name}: must be text, is {_shown(value)}")
        return otherwise
    # Nothing of it may be left.
    return _plain(value) or otherwise


def _comment(value: object) -> str | None:
    return (_plain(value) or None) if isinstance(value, str) else None


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."

"""What people do by hand meanwhile: checks, drills, runs that are stopped, halts and the way back from them."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from random import Random
from typing import Any, Final

from tests.e2e.platform import ClientError
from tests.soak.plan import DRILLS, LIVE, act
from tests.soak.record import Halt
from tests.soak.setting import Setting
from tests.soak.tidying import mend_records, withdraw_entries

LOOKS: Final = {
    "look for stale": "stale-heartbeat",
    "look for orders": "order-failures",
    "look for stuck": "stuck-position",
}
BY: Final = {"requested_by": "dana"}
WISH: Final = {**BY, "reason": "the venue is healthy again"}
# Real seconds: a stop proves itself after 3 looks at least; the way back waits for people first.
STOP_WITHIN, RESUME_WITHIN = 300.0, 900.0
TRIES: Final = 4
MANAGES_FIRST: Final = 0.2
SOME: Final = 20
# Whatever is drawn, everything is halted once.
HALT: Final = "halt"
HALT_AFTER: Final = 0.4


def hands(setting: Setting) -> None:
    """Until the soak is over."""
    pick = setting.pick("hands")
    while setting.rest(pick.uniform(1.5, 5)):
        drawn, late = act(pick), setting.elapsed > HALT_AFTER * setting.seconds
        what = HALT if late and HALT not in setting.notes.acts else drawn
        setting.notes.acts.append(what)
        _act(setting, pick, what)
        _brought_back(setting, pick)


def _act(setting: Setting, pick: Random, what: str) -> None:
    start = setting.platform.start
    if what == "verify":
        start("verify-trading", BY)
    elif what == "test order":
        start("verify-trading", {**BY, "allow_test_order": True, "strategy_ids": [pick.choice(LIVE)]})
    elif what == "drill":
        start(pick.choice(DRILLS), {**BY, "dry_run": True})
    elif what in LOOKS:
        start(LOOKS[what], BY)
    elif what == "abort":
        abort(setting, pick)
    else:
        some = pick.sample(list(setting.strategies), min(SOME, len(setting.strategies)))
        halt(setting, pick, some if what == "halt some" else None)


def _brought_back(setting: Setting, pick: Random) -> None:
    """What a resume could not bring back under the troubles of then is tried again."""
    if setting.halted():
        with setting.halting, setting.deploying:
            resume(setting, pick)


def abort(setting: Setting, pick: Random) -> None:
    """Somebody stops a run in the console."""
    platform = setting.platform
    running = [arn for one in ("verify-trading", *LOOKS.values()) for arn in platform.executions(one, "RUNNING")]
    if running:
        # It may end in this moment.
        with suppress(ClientError):
            platform.stop(pick.choice(running))


def halt(setting: Setting, pick: Random, some: list[str] | None) -> None:
    """Everything or some strategies, while the bots place entries; a look who did so all the same; the way back."""
    platform = setting.platform
    with setting.halting, setting.deploying:
        platform.bots(trade=True, trade_at_venue=True)
        try:
            _stopped(setting, pick, some)
        finally:
            platform.bots(trade=False, trade_at_venue=False)
        # Of a stop of some the others go on, and nothing comes back to an account where entries work.
        withdraw_entries(setting)
        resume(setting, pick)


def _stopped(setting: Setting, pick: Random, some: list[str] | None) -> None:
    setting.rest(0.5)
    given: dict[str, Any] = {**BY, "reason": "a soak's own"} | ({"strategy_ids": some} if some else {})
    arn = setting.platform.start("emergency-stop", given)
    found = _ended(setting, arn, STOP_WITHIN)
    since: datetime = found["stopDate"]
    setting.rest(pick.uniform(0.5, 3))
    if '"resolved"' in str(found.get("output")):
        entered = _entered(setting, since, some)
        setting.notes.halts.append(Halt(arn, since, datetime.now(UTC), some is None, entered))


def _nobody_stops(setting: Setting) -> None:
    """A resume that fails stops everything again, and nothing is resumed before that has ended."""
    stops = "every emergency stop has ended"
    setting.platform.until(lambda: not setting.platform.executions("emergency-stop", "RUNNING"), stops, STOP_WITHIN)


def _ended(setting: Setting, arn: str, seconds: float) -> dict[str, Any]:
    return setting.platform.until(lambda: setting.platform._if_ended(arn), f"{arn} ends", seconds)


def _entered(setting: Setting, since: datetime, some: list[str] | None) -> tuple[str, ...]:
    last = setting.platform.trading_stats()["last_entry_order_of"]
    wanted = last if some is None else some
    return tuple(sorted(one for one in wanted if one in last and datetime.fromisoformat(last[one]) > since))


def resume(setting: Setting, pick: Random, *, last: bool = False) -> None:
    """Until the kill switch is released, a few times at most: somebody may say no, or a trouble stand. `last`:
    nobody wants exits alone any more."""
    for nth in range(TRIES):
        if not setting.halted():
            return
        if nth:
            mend_records(setting)
            _nobody_stops(setting)
        to = {"to": "manage_only"} if pick.random() < MANAGES_FIRST and not last else {}
        _ended(setting, setting.platform.start("resume-trading", {**WISH, **to}), RESUME_WITHIN)

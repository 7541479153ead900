"""What people put right by hand after a run that could not: an escalation leaves things as they are, by design."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from typing import Final
from urllib.error import HTTPError

from tests.e2e.orders import FIELDS
from tests.e2e.platform import ACTIVITIES, CLUSTER, CONFIG, GUARDS, ORDERS, POSITIONS, SERVICE, STATE, ago
from tests.soak.setting import Setting

# What they work on is theirs until they end.
AT_WORK: Final = ("stale-heartbeat", "order-failures", "stuck-position", "close-position", "resume-trading")
LOOK_EVERY: Final = 0.5
LONGEST: Final = 4.0
OF_CONFIG: Final = (*FIELDS, "exchange")
WORKING: Final = ("NEW", "PARTIALLY_FILLED")
# What a stop leaves on an item.
STOPPED: Final = {"stopped_by": None, "status_before": None}


def tidy(setting: Setting) -> bool:
    """Waits until no run is at work, a few platform minutes at most, and puts right what is left. Whether it did:
    nobody touches what runs are at, or what is halted."""
    if not setting.halting.acquire(blocking=False):
        return False
    try:
        waited = 0.0
        while _busy(setting):
            if waited >= LONGEST or not setting.rest(LOOK_EVERY):
                return False
            waited += LOOK_EVERY
        return put_right(setting)
    finally:
        setting.halting.release()


def put_right(setting: Setting) -> bool:
    """False: all is halted, and that is not undone by hand."""
    if setting.halted():
        return False
    _budgets(setting)
    _service(setting)
    _strategies(setting)
    _configs(setting)
    _positions(setting)
    return True


def _busy(setting: Setting) -> bool:
    return any(setting.platform.executions(one, "RUNNING") for one in AT_WORK)


def _budgets(setting: Setting) -> None:
    """They count real hours, and hours pass quickly here."""
    for item in setting.platform.items(GUARDS):
        if str(item["guard_id"]).startswith("budget/"):
            setting.platform.client("dynamodb").delete_item(
                TableName=GUARDS, Key={"guard_id": {"S": str(item["guard_id"])}}
            )


def _service(setting: Setting) -> None:
    platform, service = setting.platform, setting.platform.service()
    if platform.scaling()["SuspendedState"] != dict.fromkeys(ACTIVITIES, False):
        platform.resume_scaling()
        setting.tidied("auto-scaling resumed")
    if not service["runningCount"] and not service["pendingCount"]:
        platform.client("ecs").update_service(
            cluster=CLUSTER, service=SERVICE, desiredCount=1, forceNewDeployment=True
        )
        setting.tidied("service started")


def _strategies(setting: Setting) -> None:
    for item in setting.platform.items(STATE):
        if item.get("status") != "running":
            setting.platform.change(STATE, str(item["strategy_id"]), status="running", **STOPPED)
            setting.tidied("strategy set to run")


def _configs(setting: Setting) -> None:
    """Those that were seeded; nobody orders by another one."""
    now = {str(item["strategy_id"]): item for item in setting.platform.items(CONFIG)}
    for item in setting.platform._configs:
        if any(now[item["strategy_id"]].get(one) != item.get(one) for one in OF_CONFIG):
            setting.platform.put(CONFIG, item)
            setting.tidied("config put back")


def _positions(setting: Setting) -> None:
    """What nobody wanted to be closed is closed at the venue; the record is for the next run to correct."""
    for item in setting.platform.items(POSITIONS):
        if item.get("status") != "closed" and item.get("mode", "live") == "live":
            symbol = str(item["symbol"]).partition(":")[0].replace("/", "")
            # An exit that rests holds what it would close.
            _cancelled(setting, side="SELL", symbol=symbol)
            _sold(setting, symbol, min(setting.platform.venue.held(symbol), item["amount"]))


def mend_records(setting: Setting) -> None:
    """What a resume asks of people before it asks them anything else: table and venue agree, and no entry works.
    Everything is closed at the venue, and the tables say so."""
    platform = setting.platform
    withdraw_entries(setting)
    _cancelled(setting)
    for one in platform.venue.account()["positions"]:
        _sold(setting, str(one["symbol"]), Decimal(one["positionAmt"]))
    for item in platform.items(POSITIONS):
        if item.get("status") != "closed":
            closed = {"status": "closed", "closed_at": ago(0), "closed_manually": True}
            platform.change(POSITIONS, str(item["position_id"]), **closed)
            setting.tidied("position recorded as closed")


def withdraw_entries(setting: Setting) -> None:
    """The bots take back what rests at the venue and would open something, and their table says so."""
    _cancelled(setting, side="BUY")
    for item in setting.platform.items(ORDERS):
        if str(item["position_id"]).startswith("entry-") and item.get("status") in ("open", "pending"):
            setting.platform.put(ORDERS, {**item, "status": "canceled"})


def _cancelled(setting: Setting, *, side: str | None = None, symbol: str | None = None) -> None:
    for one in setting.platform.venue.account()["orders"]:
        if one["status"] in WORKING and side in (None, one["side"]) and symbol in (None, one["symbol"]):
            # It is filled or cancelled in this moment.
            with suppress(HTTPError):
                setting.platform.venue.act("cancel", account="main", order_id=one["orderId"])


def _sold(setting: Setting, symbol: str, amount: Decimal) -> None:
    """Or not: the venue may have its own reason, and the next look finds it again."""
    if amount > 0:
        order = {"symbol": symbol, "side": "SELL", "type": "MARKET", "quantity": str(amount), "reduceOnly": "true"}
        with suppress(HTTPError):
            setting.platform.venue.act("order", account="main", params=order)
            setting.tidied("position closed at the venue")

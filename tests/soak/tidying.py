"""What people put right by hand after a run that could not: an escalation leaves things as they are, by design."""

from __future__ import annotations

from typing import Any, Final

from tests.e2e.orders import FIELDS
from tests.e2e.platform import ACTIVITIES, CLUSTER, CONFIG, GUARDS, POSITIONS, SERVICE, STATE
from tests.soak.setting import Setting

# What they work on is theirs until they end.
AT_WORK: Final = ("stale-heartbeat", "order-failures", "stuck-position", "close-position", "resume-trading")
LOOK_EVERY: Final = 0.5
LONGEST: Final = 12.0
OF_CONFIG: Final = (*FIELDS, "exchange")


def tidy(setting: Setting) -> bool:
    """Waits until no run is at work, a few platform minutes at most, and puts right what is left. Whether it did:
    nobody touches what runs are at, or what is halted."""
    with setting.halting:
        waited = 0.0
        while _busy(setting):
            if waited >= LONGEST or not setting.rest(LOOK_EVERY):
                return False
            waited += LOOK_EVERY
        return put_right(setting)


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
            setting.platform.change(STATE, str(item["strategy_id"]), status="running", stopped_by=None)
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
            _closed_by_hand(setting, item)


def _closed_by_hand(setting: Setting, item: dict[str, Any]) -> None:
    symbol = str(item["symbol"]).partition(":")[0].replace("/", "")
    held = setting.platform.venue.held(symbol)
    amount = min(held, item["amount"])
    if amount > 0:
        order = {"symbol": symbol, "side": "SELL", "type": "MARKET", "quantity": str(amount), "reduceOnly": "true"}
        setting.platform.venue.act("order", account="main", params=order)
        setting.tidied("position closed at the venue")

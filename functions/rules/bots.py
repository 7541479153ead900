"""Whether a strategy's bot can be asked at night, judged by day."""

from __future__ import annotations

from functions.errors import Refused, RunbookError
from functions.rules.keys import KeyFinding, Verdict
from functions.strategy_bot import BotFact


def answered(strategy_id: str, bot: BotFact, mode: str | None) -> tuple[KeyFinding, ...]:
    """It let us in. `mode`: `live` or `paper`, by the strategy's config; None: not known."""
    told = (
        f"{bot.bot_name}: {bot.strategy} on {bot.exchange}, {bot.timeframe}, {bot.state}, freqtrade {bot.version}"
    )
    well = KeyFinding(_name(strategy_id), "answers", Verdict.GOOD, told)
    says = "paper" if bot.dry_run else "live"
    if mode in (None, says):
        return (well,)
    advice = "is it the bot of this strategy? see strategy_api in the settings"
    return (well, KeyFinding(_name(strategy_id), "mode", Verdict.BAD, f"{says}; the config says {mode}", advice))


def unanswered(strategy_id: str, error: RunbookError, *, manages: bool) -> KeyFinding:
    """`manages`: its bot is to run. One that says no is bad; one that is away is unknown, and no matter where it is
    not to run."""
    if isinstance(error, Refused):
        advice = "see strategy_api in the settings, and the user and password in its secret"
        return KeyFinding(_name(strategy_id), "refused", Verdict.BAD, str(error)[:300], advice)
    verdict = Verdict.UNKNOWN if manages else Verdict.NOTE
    advice = "does its API listen, and do network and security group let the functions reach it?" if manages else ""
    return KeyFinding(_name(strategy_id), "does not answer", verdict, str(error)[:300], advice)


def _name(strategy_id: str) -> str:
    return f"freqtrade of {strategy_id}"

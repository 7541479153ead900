"""What stands in the way of everything that stops something that runs; each gate fails closed.

The kill switch is read and not engaged for those concerned; no venue refuses us on their address; the log
was read, so that this is known; and the exposure is written down, so that positions and protective orders
can be accounted for afterwards. Where no task runs a redeploy interrupts nothing, so the last two are open.
"""

from __future__ import annotations

from dataclasses import dataclass

from functions.rules import kill_switch
from functions.rules.exposed import exposed
from functions.rules.find_cause import Finding
from functions.rules.plan import Cause
from functions.rules.rate_limits import RateLimits
from functions.rules.service_state import Doing, ServiceState
from functions.rules.situation import Policy, Situation


@dataclass(frozen=True, slots=True)
class Setting:
    """What every decision of a run looks at. `all_ill`: the causes of all strategies that are not halted."""

    situation: Situation
    service: ServiceState
    limits: RateLimits
    policy: Policy
    all_ill: frozenset[Cause]

    @property
    def nothing_runs(self) -> bool:
        return self.service.doing is Doing.NO_TASK

    @property
    def harmless(self) -> bool:
        """A redeploy would touch nothing but strategies of one and the same cause."""
        return self.nothing_runs or not (self.situation.beating or self.situation.besides or len(self.all_ill) > 1)


def why_not_restart(finding: Finding, setting: Setting) -> str | None:
    """None: the strategy may be restarted by itself."""
    situation = setting.situation
    if setting.service.doing is not Doing.RUNNING:
        return setting.service.why
    refused = kill_switch.why_not_restart(situation.kill_switch, finding.state.strategy_id)
    if refused:
        return refused
    if setting.limits.possible_on(finding.state.venue):
        return "a venue refuses us by rate limit, and it may be on the same address"
    if situation.logs is None:
        return "the log could not be read, so that a rate limit cannot be ruled out"
    if not exposed(situation.exposure, finding.state.strategy_id).readable:
        return "its open positions and orders could not be written down"
    return None


def why_not_redeploy(setting: Setting, *, asked: bool = False) -> str | None:
    """None: the service may be redeployed unasked; with `asked`, if a person says yes to whom it interrupts."""
    situation = setting.situation
    refused = kill_switch.why_not_redeploy(situation.kill_switch)
    if refused:
        return refused
    if setting.limits.any:
        return f"a venue refuses us by rate limit (Retry-After: {setting.limits.told})"
    if setting.nothing_runs:
        return None
    if setting.service.doing is not Doing.RUNNING:
        return setting.service.why
    if not setting.harmless and not asked:
        return "it would interrupt strategies that are not ill in this way"
    if situation.logs is None:
        return "the log could not be read, so that a rate limit cannot be ruled out"
    if situation.exposure is None or situation.exposure.unreadable:
        return "open positions and orders could not be written down"
    return None

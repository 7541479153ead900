"""What the runbooks remember: incidents, guards, the kill switch, requests for a decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from functions.approvals import Approval
from functions.facts import Evidence, KillSwitchFact, Result, ServiceRecord, StoppedRecord
from functions.ports.said import Engage, FollowUp, Held, Intent


class Incidents(Protocol):
    """Table `tradai-runbook-incidents-{env}`."""

    def open(self, item: Mapping[str, Any], *, at_once: bool = False) -> bool:
        """Writes a new incident; False where this id exists (a retry of the same execution). `at_once`: said once,
        with short timeouts; it raises within 2 s."""
        ...

    def get(self, incident_id: str) -> Mapping[str, Any] | None: ...

    def note(self, incident_id: str, evidence: Sequence[Evidence], **fields: Any) -> None:
        """Appends evidence and sets the given top-level fields."""
        ...

    def intend(self, incident_id: str, intent: Intent, *, guard_id: str, act_until: datetime) -> str:
        """Writes the intent in one transaction with the condition that the incident's execution still owns
        the guard and prolongs the guard's `act_until`. Returns `new`, `again` (the intent stood there
        already: look for its own effect before acting) or `lost` (the guard is not ours: do nothing)."""
        ...

    def settle(self, incident_id: str, act_id: str, result: Result, after: str | None, at: datetime) -> None:
        """The result of an act whose intent stands."""
        ...

    def close(self, incident_id: str, fields: Mapping[str, Any]) -> bool:
        """Writes the end once; False where the run's end is written already. Without `closed_at` in `fields`
        the incident stays open (nobody answered) although its run has ended."""
        ...

    def record_approval(self, incident_id: str, record: Mapping[str, Any]) -> None:
        """Puts the record (its `approval_id` names it) into the list `approvals`, in the place of an earlier
        one of the same id; also after the run's end."""
        ...

    def follow_up(self, incident_id: str, entry: FollowUp) -> bool:
        """Appends what a person knows of it to the list `follow_up`, before and after the run's end; what stands
        there is never written over. False: the list is full (`MOST_FOLLOW_UPS`). The same entry again (a retry)
        stands there once. `Refused` where there is no such incident."""
        ...

    def acknowledge(self, incident_id: str, *, by: str, at: datetime) -> bool:
        """Closes an incident that stayed open after its run; False where it is closed already."""
        ...


class Guards(Protocol):
    """Table `tradai-runbook-guards-{env}`."""

    def take(self, guard_id: str, *, owner: str, incident_id: str, now: datetime) -> Held | None:
        """None where it is ours now (also again); else who holds it."""
        ...

    def take_over(self, held: Held, *, owner: str, incident_id: str, now: datetime) -> bool:
        """Only while `held` still stands unchanged and its `act_until` has passed."""
        ...

    def held(self, guard_id: str) -> Held | None: ...

    def release(self, guard_id: str, *, owner: str) -> bool: ...

    def kill_switch(self) -> KillSwitchFact:
        """Consistent read. Raises where it cannot be read: callers fail closed."""
        ...

    def spend(self, budget_id: str, *, limit: int, window_seconds: int, now: datetime, token: str) -> bool:
        """Takes one of `limit` in the sliding window; the same token never pays twice. False: spent."""
        ...

    def payments(self, budget_id: str, *, window_seconds: int, now: datetime) -> tuple[datetime, ...]:
        """When each of those that the window still counts was taken, the oldest first. Takes none."""
        ...

    def count(self, counter_id: str, *, token: str, now: datetime) -> int:
        """Adds `token` to a set and returns its size (sweeps of one alarm transition)."""
        ...

    def remember_remedy(self, strategy_ids: Sequence[str], *, incident_id: str, now: datetime) -> None:
        """That a run has remedied these strategies, by its incident; forgotten after a day. Of each the newest two
        are kept: the older one counts where the newer one's run did not resolve. Repeatable."""
        ...

    def remedies(self, strategy_ids: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """The incidents of each that are remembered, the newest first; consistent."""
        ...


class Halts(Protocol):
    """The kill switch and what stood before it, in the table `tradai-runbook-guards-{env}`.

    Items: `kill-switch`; `halt/{halt_id}/strategy/{strategy_id}`; `halt/{halt_id}/service`; `halt/{halt_id}/told`.
    """

    def engage(self, stop: Engage) -> KillSwitchFact:
        """One write that reads nothing before; the kill switch as it stands after it. While it is engaged already
        a stop adds itself to `stops`, keeps id, reason, who and when of the first, and widens for whom it is
        engaged: never narrower. A stop of all takes `released_ids`, `manage_only` and `service_up` away, one of
        some takes those out of `released_ids`. Repeatable. Short timeouts: it raises within 2 s."""
        ...

    def record(self, halt_id: str, records: Sequence[StoppedRecord], *, until: datetime) -> Mapping[str, str]:
        """One item a strategy, by conditional batches; one that stands already stays as it is. Why it is not
        recorded, by strategy; empty where all are."""
        ...

    def records(self, halt_id: str) -> Sequence[StoppedRecord]:
        """Every record of this halt, over all pages: reads the whole table."""
        ...

    def records_of(self, halt_id: str, strategy_ids: Sequence[str]) -> Mapping[str, StoppedRecord]:
        """Those of these strategies that have one in this halt, by strategy, read by their keys."""
        ...

    def record_service(self, halt_id: str, record: ServiceRecord) -> ServiceRecord:
        """Writes it unless one stands; the one that stands."""
        ...

    def service_record(self, halt_id: str) -> ServiceRecord | None: ...

    def allow_managing(self, halt_id: str, *, stops: Sequence[str], by: str, at: datetime) -> bool:
        """`manage_only` and `service_up`, while the kill switch is engaged by this halt and no stop was added to
        `stops`. False where that did not hold."""
        ...

    def allow_service(self, halt_id: str, *, stops: Sequence[str]) -> bool:
        """`service_up` under the same conditions: some strategies come back while the rest stays halted."""
        ...

    def release(
        self,
        halt_id: str,
        *,
        stops: Sequence[str],
        strategy_ids: Sequence[str] | None,
        by: str,
        at: datetime,
    ) -> bool:
        """Releases it whole, or for some: under the same conditions. What it was stays on the item as
        `last_halt_id`, `released_by`, `released_at`. True where it stands so now by this halt (also by an earlier
        try), False where a condition did not hold."""
        ...

    def told(self, halt_id: str) -> str | None:
        """What the watch told last of this halt."""
        ...

    def tell(self, halt_id: str, what: str) -> None:
        """Remembers what the watch told."""
        ...


class Approvals(Protocol):
    """Table `tradai-runbook-approvals-{env}`. The task token is kept beside the request and never part of it."""

    def ask(self, approval: Approval, task_token: str) -> bool:
        """Writes a new request; False where this id exists (a retry of the same entry of the state)."""
        ...

    def get(self, approval_id: str) -> Approval | None:
        """Consistent read."""
        ...

    def open(self) -> Sequence[Approval]:
        """Every request with something left to do (`Approval.open`), over all pages, oldest first; a moment
        behind (an index), so what is done about one is done by `change`."""
        ...

    def change(self, changed: Approval) -> bool:
        """Writes the request as version `changed.version`, only while version - 1 stands. False where somebody
        else was first, or where it is gone; then nothing was written."""
        ...

    def token(self, approval_id: str) -> str | None:
        """The task token, for `callbacks` alone."""
        ...

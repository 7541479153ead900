"""A desk of people, a run that asks them, and a clock that a test moves."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import Any

from functions import deciding, keys, unanswered
from functions.adapters.memory import twins
from functions.adapters.memory.approvals import MemoryApprovals
from functions.approvals import Approval, Line, Mail, Option, Question, Risk, Voter
from functions.approvers import Approvers, Desk, Person
from functions.contracts import Run
from functions.ids import incident_id_for
from functions.limits import Limits
from functions.ports import Ports
from functions.rules.asking.ballots import Ballot, Ruling
from functions.rules.asking.phrase import spoken
from functions.runtime import restrict
from functions.settings import Settings
from functions.tasks import ask, note_mail_event, sweep_approvals
from tests.tasks.rig import EXECUTION, SETTINGS, Rig

URL = "https://approvals.example.net"
LINK = re.compile(re.escape(URL) + r"/approvals/(apr-[0-9a-f]{26})\?k=([A-Za-z0-9_-]{43})")
DORA = "arn:aws:iam::000000000000:user/dora"

PEOPLE = {
    "ana": Person(name="Ana", email="ana@example.net"),
    "ben": Person(name="Ben", email="ben@example.net"),
    "cleo": Person(name="Cleo", email="cleo@example.net"),
    "dora": Person(name="Dora", arns=(DORA,)),
}
# Ana and Ben at once, Cleo after five minutes of fifteen, Dora (without a mail address) after ten.
RUNGS = (("ana", "ben"), ("cleo",), ("dora",))

RAISE = Option("raise", "Raise the memory", "The service restarts once.", Risk.ADDS, "RAISE")
CLOSE = Option("close", "Close it", "A reduce-only order.", Risk.REDUCES, "CLOSE", needed=2)
RESUME = Option("resume", "Resume", "Strategies trade again.", Risk.ADDS, "RESUME", needed=2)
REJECT = Option("reject", "Leave it", "Nothing changes.", Risk.NONE, "LEAVE")
OPTIONS = (RAISE, CLOSE, RESUME, REJECT)


def desk_settings(*rungs: tuple[str, ...], **limits: Any) -> Settings:
    """The people above; other waves, and other limits, where a test needs them."""
    ladder = Desk(rungs=rungs or RUNGS)
    approvers = Approvers(sender="runbooks@example.net", people=PEOPLE, desks={"default": ladder})
    return SETTINGS.model_copy(update={"approvals": approvers, "limits": Limits(**limits)})


def question(**more: Any) -> Question:
    given: dict[str, Any] = {
        "kind": "change",
        "title": "Raise the memory of the strategy service?",
        "target": "STRATEGIES",
        "facts": (Line("Memory", "1024 MB"),),
        "options": OPTIONS,
        "cause": "memory",
    }
    return Question(**{**given, **more})


class ApprovalDesk(Rig):
    """`ask()` as the waiting state does, `votes("ana", RAISE)` as the page does, `sweep()` as the schedule does."""

    def __init__(self, settings: Settings | None = None) -> None:
        super().__init__(settings or desk_settings())
        self.began = self.now

    def ports(self, *needs: str) -> Ports:
        return restrict(twins(self.world), needs) if needs else twins(self.world)

    # What the machine does.

    def started(self, name: str = "e1", **more: Any) -> Run:
        """A run with its incident, waiting in its state."""
        arn = EXECUTION.rpartition(":")[0] + f":{name}"
        run = self.run(execution_arn=arn, incident_id=incident_id_for(arn), **more)
        self.incident(run)
        self.execution(arn)
        return run

    def options(self) -> tuple[Option, ...]:
        """All, without those for which this desk has too few people."""
        people = {person for rung in self.settings.approvals.rungs_of("default") for person in rung}
        return tuple(one for one in OPTIONS if one.risk is not Risk.ADDS or one.needed <= len(people))

    def run_ends(self, execution_arn: str | None = None) -> None:
        """The run that asked, or the one of this execution, has ended and its incident is kept open."""
        arn = execution_arn or self.approval().execution_arn
        self.execution(arn, "FAILED")
        self.incident_ends(incident_id_for(arn))

    def incident_ends(self, incident_id: str) -> None:
        self.world.put("incidents", {**self.item(incident_id), "ended_at": self.now.isoformat()})

    def ask(self, run: Run | None = None, *, token: str | None = None, **more: Any) -> Any:
        """The answer of the task that asks. The token is `token-{execution}-{retry}` unless told otherwise."""
        run = run or self.started()
        given: dict[str, Any] = {
            "run": run,
            "question": question(options=self.options()),
            "execution_arn": run.execution_arn,
            "state": "AskAPerson",
            "entered_at": self.began,
            "retry_count": 0,
            **more,
        }
        given["task_token"] = token or f"token-{run.execution_arn.rpartition(':')[2]}-{given['retry_count']}"
        return self.work(ask, **given)

    def after(self, minutes: float) -> None:
        """The clock shows so many minutes after the beginning; nothing happens by itself."""
        self.world.now = self.began
        self.world.advance(minutes=minutes)

    def sweep(self, at: float | None = None) -> Any:
        if at is not None:
            self.after(at)
        return self.work(sweep_approvals)

    def minutes(self, first: int, last: int) -> None:
        """The schedule's sweeps of these minutes."""
        for minute in range(first, last + 1):
            self.sweep(minute)

    def event(self, person_id: str, kind: str = "Bounce", approval_id: str | None = None, **detail: Any) -> Any:
        """SES tells about the last mail to this person."""
        number, mail = self.mails_to(person_id)[-1]
        tags = {**mail.tags, "approval_id": approval_id or mail.tags["approval_id"]}
        told = {
            "eventType": kind,
            "mail": {"messageId": f"mail-{number}", "tags": {name: [value] for name, value in tags.items()}},
            **detail,
        }
        return self.work(note_mail_event, source="aws.ses", detail=told)

    # What people do.

    def votes(self, person_id: str, option: Option, approval_id: str | None = None, **more: Any) -> Ruling:
        """With the right phrase, as the page of this moment would send it."""
        approval = self.approval(approval_id)
        given: dict[str, Any] = {
            "option": option.id,
            "typed": f"{option.act} {spoken(approval).target}",
            "members_seen": len(approval.members),
        }
        ballot = Ballot(**{**given, **more})
        ports = self.ports(*deciding.NEEDS)
        return deciding.vote(ports, self.settings, approval.approval_id, voter(person_id), ballot)

    def looks(self, person_id: str) -> Approval:
        return deciding.look(self.ports(*deciding.NEEDS), self.approval().approval_id, voter(person_id))

    def acknowledges(self, person_id: str, incident_id: str | None = None) -> bool:
        ports = self.ports(*unanswered.NEEDS)
        return unanswered.acknowledge(ports, incident_id or self.approval().incident_id, person_id)

    # What there is to see.

    def approvals(self) -> list[Approval]:
        """Every request, in the order in which they were asked."""
        return [self._read(str(item["approval_id"])) for item in self.world.items("approvals")]

    def approval(self, approval_id: str | None = None) -> Approval:
        """The only one, or the one of this id."""
        ids = [str(item["approval_id"]) for item in self.world.items("approvals")]
        [wanted] = [one for one in ids if approval_id in (None, one)]
        return self._read(wanted)

    def _read(self, approval_id: str) -> Approval:
        """Past what is in trouble, and without a trace among the calls."""
        found = MemoryApprovals(self.world).get(approval_id)
        assert found is not None
        return found

    def change(self, **fields: Any) -> Approval:
        """What somebody else writes meanwhile."""
        stands = self.approval()
        changed = replace(stands, version=stands.version + 1, **fields)
        assert twins(self.world).approvals.change(changed)
        return changed

    def answer(self, token: str = "token-e1-0") -> Any:
        """What the waiting state got; None: nothing yet."""
        return self.world.callbacks.get(token)

    def mails_to(self, person_id: str) -> list[tuple[int, Mail]]:
        """With their numbers, which stand in SES's message ids."""
        address = PEOPLE[person_id].email
        return [(number, mail) for number, mail in enumerate(self.world.mails, 1) if mail.to == address]

    def mailed(self) -> list[str]:
        """`ana: Decision wanted`, ... in the order of sending."""
        names = {person.email: name for name, person in PEOPLE.items()}
        return [f"{names[mail.to]}: {mail.subject.split('] ')[1].split(':')[0]}" for mail in self.world.mails]

    def paged(self) -> list[str]:
        return [subject.split("] ")[1].split(":")[0] for subject, _ in self.world.paged]

    def key_of(self, person_id: str) -> str:
        """The key in the last mail to this person."""
        found = LINK.search(self.mails_to(person_id)[-1][1].text)
        assert found is not None
        return found[2]

    def holder(self, key: str) -> str | None:
        """Whose key it is, for the page."""
        asked = keys.holder(self.approval(), key)
        return asked.person_id if asked else None

    def recorded(self, incident_id: str | None = None) -> Any:
        """The only approval in the incident."""
        [record] = self.item(incident_id or self.approval().incident_id)["approvals"]
        return record


def voter(person_id: str) -> Voter:
    return Voter(person_id, "link", "192.0.2.7", "a phone")


def minutes_of(at: datetime, desk: ApprovalDesk) -> float:
    return (at - desk.began).total_seconds() / 60

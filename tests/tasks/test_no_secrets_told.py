"""What comes from tables, logs, venues and people is kept and sent without the secrets in it."""

from __future__ import annotations

from functions import ending
from functions.adapters.memory import twins
from functions.contracts import ActRecord
from functions.facts import Evidence, Outcome, Result
from functions.ports import FollowUp
from functions.rules.conclude import Ending
from functions.rules.reporting.redact import REDACTED
from tests.tasks.rig import INCIDENT, Rig

SECRET = "SUPERSECRETKEY1234567890"
LINE = f"amount is no number: 'abc apiKey={SECRET}'"


def test_neither_the_incident_nor_the_notification_holds_a_secret_that_stood_in_a_table(rig: Rig) -> None:
    rig.opened()
    ports = twins(rig.world)
    ports.incidents.note(
        INCIDENT, [Evidence("note", "table", LINE, rig.now)], cause=LINE, checklist=[{"value": LINE}]
    )
    ports.incidents.record_approval(INCIDENT, {"approval_id": "apr-1", "votes": [{"note": LINE}]})
    how = Ending(
        Outcome.ESCALATED,
        f"A person must act now: {LINE}",
        "high",
        headline=(LINE,),
        known=(LINE,),
        not_done=(LINE,),
        unknown=(LINE,),
        exposure=(LINE,),
        not_proven=(LINE,),
    )
    ended = ending.end(ports, rig.settings, rig.run(), how, guard_id=None)
    ports.incidents.follow_up(INCIDENT, FollowUp("note", LINE, "chris", rig.now))
    for told in (str(rig.item()), str(rig.world.sent), ended.cause, ended.output.model_dump_json()):
        assert SECRET not in told
        assert REDACTED in told
    assert INCIDENT in rig.world.sent[0][1]
    assert rig.run().execution_arn in rig.world.sent[0][1]


def test_what_is_paged_holds_none_either(rig: Rig) -> None:
    twins(rig.world).notifier.page(f"password={SECRET}", f"a line\n{LINE}")
    assert SECRET not in str(rig.world.paged)
    assert "a line\n" in rig.world.paged[0][1]


def test_the_acts_in_an_output_hold_none(rig: Rig) -> None:
    rig.opened()
    ports = twins(rig.world)
    act = ActRecord(action="send", target="s1", result=Result.UNKNOWN, after=LINE, by="ana", at=rig.now)
    how = Ending(Outcome.RESOLVED, "well", "low")
    ended = ending.end(ports, rig.settings, rig.run(), how, guard_id=None, acts=[act])
    [told] = ended.output.actions
    assert SECRET not in ended.output.model_dump_json()
    assert (told.action, told.at, told.after) == ("send", rig.now, LINE.replace(SECRET, REDACTED))

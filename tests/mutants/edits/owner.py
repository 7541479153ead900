"""A run acts under a guard that is not its own, or takes one over from a run that may still act."""

from __future__ import annotations

from typing import Final

from tests.mutants.code import Edit, Kind

KIND: Final = Kind.OWNER
GUARDS: Final = "functions/adapters/guards.py"
INTENTS: Final = "functions/adapters/intents.py"
HOLDING: Final = "functions/adapters/holding.py"
SENDING: Final = "functions/closing/sending.py"
GUARD_TESTS: Final = ("tests/adapters/test_guards_contract.py",)
INTENT_TESTS: Final = ("tests/adapters/test_incidents_contract.py",)

EDITS: Final = (
    Edit(
        KIND,
        "the guard is prolonged, whoever holds it",
        HOLDING,
        '            "#incident_id = :incident AND #act_until <= :until",',
        '            "NOT #incident_id = :until AND #act_until <= :until AND NOT #act_until = :incident",',
        INTENT_TESTS,
    ),
    Edit(
        KIND,
        "a guard that is held for longer is enough, whoever holds it",
        HOLDING,
        '        "#incident_id = :incident AND #act_until > :until",',
        '        "attribute_exists(#incident_id) AND #act_until > :until AND NOT #act_until = :incident",',
        ("tests/adapters/test_lost_answers_and_races.py",),
    ),
    Edit(
        KIND,
        "any incident's guard counts as ours",
        HOLDING,
        '    return held is not None and held.get("incident_id") == incident_id',
        "    return held is not None",
        INTENT_TESTS,
    ),
    Edit(
        KIND,
        "an intent is written although the guard is lost",
        INTENTS,
        '                    if not ours(held, incident_id):\n                        return "lost"',
        '                    if not ours(held, incident_id):\n                        return "new"',
        INTENT_TESTS,
    ),
    Edit(
        KIND,
        "an intent is written into an incident that has ended",
        INTENTS,
        '        going_on = "attribute_not_exists(#ended_at) AND attribute_not_exists(#closed_at)"',
        '        going_on = "attribute_not_exists(#closed_at)"',
        INTENT_TESTS,
    ),
    Edit(
        KIND,
        "a run that lost its guard acts all the same",
        "functions/acts.py",
        '    if stands == "lost":',
        '    if stands == "never":',
        ("tests/tasks/test_acts.py",),
    ),
    Edit(
        KIND,
        "an act that was settled is done again",
        "functions/acts.py",
        "        if settled is not None:\n            return settled",
        "        if settled is not None and settled.after is None:\n            return settled",
        ("tests/tasks/test_acts.py",),
    ),
    Edit(
        KIND,
        "a guard is taken over while its last act may be at work",
        GUARDS,
        "        if held.act_until > now:\n            return False",
        "        if held.act_until < now:\n            return False",
        GUARD_TESTS,
    ),
    Edit(
        KIND,
        "a guard that has changed hands meanwhile is taken over",
        GUARDS,
        """                "#owner = :old_owner AND #incident_id = :old_incident "
                "AND #taken_at = :old_taken AND #act_until = :old_until",""",
        """                "(#owner = :old_owner AND #incident_id = :old_incident) "
                "OR #taken_at <> :old_taken OR #act_until <> :old_until",""",
        GUARD_TESTS,
    ),
    Edit(
        KIND,
        "a guard that was prolonged meanwhile is taken over",
        GUARDS,
        '                "AND #taken_at = :old_taken AND #act_until = :old_until",',
        '                "AND #taken_at = :old_taken AND #act_until >= :old_until",',
        GUARD_TESTS,
    ),
    Edit(
        KIND,
        "a guard is given back by whoever asks",
        GUARDS,
        'self._table.delete(guard_id, "#owner = :owner", {"owner": owner})',
        'self._table.delete(guard_id, "NOT #guard_id = :owner", {"owner": owner})',
        GUARD_TESTS,
    ),
    Edit(
        KIND,
        "a guard is taken although somebody holds it",
        GUARDS,
        """        try:
            self._table.put(lock, "attribute_not_exists(#guard_id)")""",
        """        try:
            self._table.put(lock, "attribute_not_exists(#guard_id) OR attribute_exists(#owner)")""",
        GUARD_TESTS,
    ),
    Edit(
        KIND,
        "a guard is taken over from an execution that runs",
        "functions/tasks/take_guard.py",
        """taken")
    if ports.executions.status(held.owner) == "RUNNING":""",
        """taken")
    if ports.executions.status(held.owner) == "STARTED":""",
        ("tests/tasks/test_take_guard.py",),
    ),
    Edit(
        KIND,
        "a close is sent although the guard is gone",
        SENDING,
        "    if guard is None or guard.incident_id != job.incident_id:",
        "    if guard is not None and guard.incident_id != job.incident_id:",
        ("tests/tasks/test_close_without_guard.py", "tests/tasks/test_close_attempts.py"),
    ),
    Edit(
        KIND,
        "a close is sent although another run holds the guard",
        SENDING,
        "    if guard is None or guard.incident_id != job.incident_id:",
        "    if guard is None:",
        ("tests/tasks/test_close_without_guard.py", "tests/tasks/test_close_attempts.py"),
    ),
    Edit(
        KIND,
        "protection is placed under another incident's guard",
        "functions/closing/calls.py",
        '    if stands == "lost" and (must_be_written or _anothers(ports, job)):',
        '    if stands == "lost" and must_be_written:',
        ("tests/tasks/test_close_without_guard.py", "tests/tasks/test_close_protection.py"),
    ),
    Edit(
        KIND,
        "orders are cancelled without the guard",
        "functions/closing/calls.py",
        '    if stands == "lost" and (must_be_written or _anothers(ports, job)):',
        '    if stands == "lost" and _anothers(ports, job):',
        ("tests/tasks/test_close_without_guard.py",),
    ),
    Edit(
        KIND,
        "a strategy that somebody else stopped is started",
        "functions/adapters/trading_state.py",
        '            "#status = :stopped AND #stopped_by = :by",',
        '            "#status = :stopped AND NOT #stopped_by = :status AND attribute_exists(#stopped_by)"\n'
        '            " AND NOT #status = :by",',
        ("tests/adapters/test_trading_state_contract.py", "tests/adapters/test_switch_contract.py"),
    ),
    Edit(
        KIND,
        "an order of somebody else is cancelled where several own the unit",
        "functions/rules/closing/own_orders.py",
        "        return self.alone and order.reduces(self.unit) is True",
        "        return order.reduces(self.unit) is True",
        ("tests/rules/closing/test_own_orders.py",),
    ),
    Edit(
        KIND,
        "an attempt is written down although the guard is lost",
        "functions/adapters/closes.py",
        '                    if not ours(held, incident):\n                        return "lost"',
        '                    if not ours(held, incident):\n                        return "new"',
        ("tests/adapters/test_closes_contract.py",),
    ),
    Edit(
        KIND,
        "a close whose guard is lost goes on",
        "functions/closing/sending.py",
        '    if said in ("lost", "used"):',
        '    if said in ("used",):',
        ("tests/tasks/test_close_attempts.py",),
    ),
    Edit(
        KIND,
        "a strategy that was stopped by hand comes back with a halt",
        "functions/adapters/stop_marks.py",
        '        return bool(item["stopped_by"] == mark)',
        '        return bool(item["stopped_by"])',
        ("tests/adapters/test_stops_contract.py",),
    ),
    Edit(
        KIND,
        "a pause of somebody else is ended",
        "functions/adapters/trading_state.py",
        '''            "#status = :paused AND #paused_by = :by AND attribute_exists(#paused_from)",
            {"paused": paused, "by": paused_by, "at"''',
        '''            "#status = :paused AND NOT #paused_by = :at AND attribute_exists(#paused_from)",
            {"paused": paused, "by": paused_by, "at"''',
        ("tests/adapters/test_pauses_contract.py",),
    ),
)

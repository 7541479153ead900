"""The kill switch is not read, or read wrongly, where something would start again or an order would be placed."""

from __future__ import annotations

from typing import Final

from tests.mutants.code import Edit, Kind

KIND: Final = Kind.KILL_SWITCH
RULES: Final = "functions/rules/kill_switch.py"
STATE: Final = "functions/adapters/trading_state.py"
STATE_TESTS: Final = ("tests/adapters/test_trading_state_contract.py",)
BACK_TESTS: Final = ("tests/adapters/test_stops_contract.py",)
LOOK: Final = "        guarding.must_be_released(ports)\n"
NO_LOOK: Final = "        guarding.kill_switch_or_none(ports)\n"

EDITS: Final = (
    Edit(
        KIND,
        "one that cannot be read forbids no redeploy",
        "functions/guarding.py",
        "why_not_redeploy(kill_switch_or_none(ports))",
        "None if (switch := kill_switch_or_none(ports)) is None else why_not_redeploy(switch)",
        ("tests/tasks/test_redeploy_tasks.py",),
    ),
    Edit(
        KIND,
        "one that cannot be read forbids no restart of a strategy",
        RULES,
        '''Fails closed."""
    if switch is None:
        return "the kill switch could not be read"''',
        '''Fails closed."""
    if switch is None:
        return None''',
        ("tests/rules/test_restart.py",),
    ),
    Edit(
        KIND,
        "one that is engaged for some forbids no redeploy of all",
        RULES,
        "    return told(switch) if switch.engaged else None",
        "    return told(switch) if halts_everything(switch) else None",
        ("tests/rules/test_redeploy.py",),
    ),
    Edit(
        KIND,
        "an empty list of strategies reads as nobody",
        RULES,
        "    if switch.strategy_ids:\n",
        "    if switch.strategy_ids is not None:\n",
        ("tests/rules/test_restart.py",),
    ),
    Edit(
        KIND,
        "an item that does not plainly say that it is released is released",
        "functions/adapters/items.py",
        '    if item.get("engaged") is False:',
        '    if item.get("engaged") is not True:',
        ("tests/adapters/test_guards_contract.py",),
    ),
    Edit(
        KIND,
        "not read right before the service is scaled to zero for a redeploy",
        "functions/tasks/scale_to_zero.py",
        LOOK,
        NO_LOOK,
        ("tests/tasks/test_redeploy_tasks.py",),
    ),
    Edit(
        KIND,
        "not read right before the new deployment",
        "functions/tasks/redeploy.py",
        LOOK,
        NO_LOOK,
        ("tests/tasks/test_redeploy_tasks.py",),
    ),
    Edit(
        KIND,
        "not read when a larger revision is registered",
        "functions/tasks/register_revision.py",
        "        switch = guarding.kill_switch_or_none(ports)\n",
        "        switch = type(ports.guards.kill_switch())(engaged=False)\n",
        ("tests/tasks/test_raise_memory_tasks.py",),
    ),
    Edit(
        KIND,
        "a planned redeploy does not look at it",
        "functions/rules/redeploy.py",
        "        switch_rules.why_not_redeploy(kill_switch)\n        or why_not_now",
        "        None\n        or why_not_now",
        ("tests/rules/test_redeploy.py",),
    ),
    Edit(
        KIND,
        "not read when a strategy's exchange is switched",
        "functions/rules/switch_exchange.py",
        "    if refused := why_not_restart(seen.kill_switch, config.strategy_id):",
        "    if refused := None and why_not_restart(seen.kill_switch, config.strategy_id):",
        ("tests/rules/test_switch_exchange.py",),
    ),
    Edit(
        KIND,
        "not read in the moment in which a strategy's config is changed",
        "functions/orders/applying.py",
        "    if kill_switch.halts(switch, strategy_id):",
        "    if kill_switch.halts_everything(switch):",
        ("tests/tasks/test_order_remedies.py",),
    ),
    Edit(
        KIND,
        "one that cannot be read allows a change of a strategy's config",
        "functions/orders/applying.py",
        '        raise Refused("the kill switch could not be read")',
        "        return",
        ("tests/tasks/test_order_remedies.py",),
    ),
    Edit(
        KIND,
        "not read between the record of a test order and its sending",
        "functions/test_order/placing.py",
        "    if (refusal := _halted(ports)) is not None:",
        "    if (refusal := None and _halted(ports)) is not None:",
        ("tests/tasks/test_test_order_acts.py",),
    ),
    Edit(
        KIND,
        "a test order is placed while it is engaged",
        "functions/rules/test_order/allowed.py",
        "    if refusal := why_not_redeploy(switch):",
        "    if refusal := why_not_redeploy(switch) and None:",
        ("tests/tasks/test_test_order_tasks.py",),
    ),
    Edit(
        KIND,
        "the write that starts a strategy again does not ask it",
        STATE,
        '''        checks = [self._allowed(strategy_id), self._no_close(strategy_id)]
        try:
            transact(self._aws, Saying.ACT, f"start {strategy_id}"''',
        '''        checks = [self._no_close(strategy_id)]
        try:
            transact(self._aws, Saying.ACT, f"start {strategy_id}"''',
        STATE_TESTS,
    ),
    Edit(
        KIND,
        "the write that ends a pause does not ask it",
        STATE,
        '''        checks = [self._allowed(strategy_id), self._no_close(strategy_id)]
        try:
            transact(self._aws, Saying.ACT, f"unpause {strategy_id}"''',
        '''        checks = [self._no_close(strategy_id)]
        try:
            transact(self._aws, Saying.ACT, f"unpause {strategy_id}"''',
        ("tests/adapters/test_pauses_contract.py",),
    ),
    Edit(
        KIND,
        "the write that brings a strategy back does not ask it",
        STATE,
        '[{"Update": back}, allowed, self._no_close(strategy_id)]',
        '[{"Update": back}, self._no_close(strategy_id)]',
        BACK_TESTS,
    ),
    Edit(
        KIND,
        "exits that may be managed let everybody trade",
        STATE,
        "        if managing:\n",
        "        if managing or halt_id:\n",
        BACK_TESTS,
    ),
    Edit(
        KIND,
        "whoever was stopped anew may manage exits all the same",
        STATE,
        " AND NOT contains(#stopped_since, :strategy))",
        ")",
        BACK_TESTS,
    ),
    Edit(
        KIND,
        "a list that is empty lets everybody trade",
        STATE,
        '    "AND size(#strategy_ids) > :none)"',
        '    "AND size(#strategy_ids) >= :none)"',
        STATE_TESTS,
    ),
    Edit(
        KIND,
        "a stop that came after the question does not hold the release back",
        "functions/adapters/halts.py",
        '        held = f"#halt_id = :halt AND NOT #engaged = :no AND {same}"',
        '        held = f"#halt_id = :halt AND NOT #engaged = :no AND NOT ({same} AND #engaged = :no)"',
        ("tests/adapters/test_halts_contract.py",),
    ),
    Edit(
        KIND,
        "a release asks not whether anybody stopped again",
        "functions/letting_go.py",
        "    if switch.halt_id != scope.halt_id or hash_of(switch.stops) != scope.stops:",
        "    if switch.halt_id != scope.halt_id:",
        ("tests/tasks/test_resume_release.py",),
    ),
    Edit(
        KIND,
        "a batch is brought back although trading was stopped again",
        "functions/tasks/bring_back_strategies.py",
        "    if stopped is None and (coming or",
        "    if (coming or",
        ("tests/tasks/test_resume_batches.py",),
    ),
    Edit(
        KIND,
        "the service is scaled back although trading was stopped again",
        "functions/tasks/restore_service.py",
        "        if again := _stopped(ports, job):\n",
        "        if again := _stopped(ports, job) and None:\n",
        ("tests/tasks/test_resume_service.py",),
    ),
    Edit(
        KIND,
        "the watch of a halt does not look again before it acts",
        "functions/watching_halt.py",
        "        return switch.value if same_halt(self._switch, switch.value) and holds(switch.value) else None",
        "        return switch.value",
        ("tests/tasks/test_watch_halt.py",),
    ),
    Edit(
        KIND,
        "a revision is registered while it is engaged",
        "functions/rules/raise_memory.py",
        "    refusal = switch_rules.why_not_redeploy(switch) or why_not_now(service, ours=ours)",
        "    refusal = why_not_now(service, ours=ours)",
        ("tests/rules/test_raise_memory.py", "tests/tasks/test_raise_memory_tasks.py"),
    ),
    Edit(
        KIND,
        "a strategy of ours is started while it is engaged",
        "functions/rules/restart.py",
        '    return MayStart("leave", refusal) if refusal else MayStart("start"',
        '    return MayStart("leave", refusal) if refusal is None else MayStart("start"',
        ("tests/rules/test_restart.py",),
    ),
    Edit(
        KIND,
        "orders that fail are cured although it cannot be read",
        "functions/rules/orders/classify.py",
        "    if kill_switch is None:\n        left",
        "    if kill_switch is None and not free:\n        left",
        ("tests/rules/orders/test_classify.py",),
    ),
    Edit(
        KIND,
        "a release that somebody made before is gone on with after a stop",
        "functions/tasks/release_kill_switch.py",
        "        if ports.guards.kill_switch().engaged:",
        "        if ports.guards.kill_switch().manage_only:",
        ("tests/tasks/test_resume_release.py",),
    ),
    Edit(
        KIND,
        "a service that came up although trading was stopped again stays up",
        "functions/tasks/restore_service.py",
        "    if stopped:\n",
        "    if stopped and desired is None:\n",
        ("tests/tasks/test_resume_service.py",),
    ),
    Edit(
        KIND,
        "exits are managed under another halt than the one that was asked about",
        "functions/rules/resume_meanwhile.py",
        "        as_asked = switch.engaged and switch.manage_only and switch.halt_id == halt_id",
        "        as_asked = switch.engaged and switch.manage_only",
        ("tests/rules/test_resume_scope.py",),
    ),
    Edit(
        KIND,
        "whoever was released alone and is stopped anew stays released",
        "functions/adapters/kill_switch.py",
        '"DELETE #released_ids :ids"',
        '"DELETE #left_ids :ids"',
        ("tests/adapters/test_halts_contract.py",),
    ),
    Edit(
        KIND,
        "a stop of all keeps the list of those that were stopped before",
        "functions/adapters/kill_switch.py",
        'f"{_KEPT} REMOVE #strategy_ids, {_ALLOWED} ADD #stops :stops", None, given)',
        'f"{_KEPT} REMOVE {_ALLOWED} ADD #stops :stops", None, given)',
        ("tests/adapters/test_halts_contract.py",),
    ),
    Edit(
        KIND,
        "an emergency stop whose switch does not stand engaged says that it does",
        "functions/stopping.py",
        "    if not switch.engaged:\n",
        "    if switch.engaged is None:\n",
        ("tests/tasks/test_stop_latch.py",),
    ),
)

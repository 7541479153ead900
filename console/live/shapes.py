"""One small function for each shape of result: the words that a person on call would use for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from console.live.steps import Finding, Tone

Found = dict[str, Any]
RESULT_TONES = {
    **dict.fromkeys(("done", "pass", "ok"), Tone.GOOD),
    **dict.fromkeys(("not_done", "fail", "failed"), Tone.BAD),
    **dict.fromkeys(("unknown", "skipped"), Tone.UNKNOWN),
}


def names(values: Any, most: int = 5) -> str:
    """`a, b, c and 4 more`."""
    told = [str(value) for value in values]
    rest = f" and {len(told) - most} more" if len(told) > most else ""
    return ", ".join(told[:most]) + rest


def cut(text: str, most: int = 200) -> str:
    """The beginning of what the incident tells whole."""
    return text if len(text) <= most else f"{text[:most].rsplit(' ', 1)[0]} ..."


def words(code: str) -> str:
    """`memory_exhausted` -> `memory exhausted`."""
    return str(code).replace("_", " ")


def count(number: int, noun: str) -> str:
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number} {noun if number == 1 else plural}"


def opened(run: Found) -> Iterator[Finding]:
    dry = ", dry run: nothing will be changed" if run.get("dry_run") else ""
    yield Finding(f"incident {run['incident_id']}, mode {run['mode']}{dry}")
    if run.get("why_not"):
        yield Finding(str(run["why_not"]), Tone.UNKNOWN)


def guard(it: Found) -> Iterator[Finding]:
    yield Finding(f"{it['guard_id']}: {it['why']}", Tone.PLAIN if it["owned"] else Tone.UNKNOWN)


def heartbeats_found(it: Found) -> Iterator[Finding]:
    stale = it["stale_total"]
    who = names(s["strategy_id"] for s in it["stale"])
    yield Finding(f"{stale} stale{f': {who}' if who else ''}; {it['beating_total']} beat",
                  Tone.BAD if stale else Tone.GOOD)  # fmt: skip
    alarm = it.get("alarm")
    if alarm:
        yield Finding(f"alarm {alarm['name']} is {alarm.get('state') or 'unreadable'}")
    switch = it.get("kill_switch")
    if switch is None or switch.get("engaged"):
        why = f"engaged by {switch.get('engaged_by')}: {switch.get('reason')}" if switch else "unreadable"
        yield Finding(f"kill switch {why}", Tone.BAD)


def verdict(plan: Found) -> Iterator[Finding]:
    if not plan["groups"]:
        yield Finding(f"{words(plan['verdict'])}: {plan['reason']}", Tone.VERDICT)
    for group in plan["groups"]:
        venue = f" at {group['venue']}" if group.get("venue") else ""
        who = count(len(group["strategy_ids"]), "strategy")
        yield Finding(f"{words(group['cause'])}{venue} -> {words(group['remedy'])} ({who})", Tone.VERDICT)
        told = Counter(f"{seen['what']}: {seen['value']}" for seen in group.get("evidence", ()))
        for text, times in told.items():
            yield Finding(f"{text} ({times} alike)" if times > 1 else text, Tone.EVIDENCE)
        if group.get("proposal") and group.get("needs_person"):
            yield Finding(cut(f"for a person: {group['proposal']}"), Tone.UNKNOWN)


def redeploy_plan(it: Found) -> Iterator[Finding]:
    yield Finding(f"{words(it['method'])}: {it['reason']}")


def beats(it: Found) -> Iterator[Finding]:
    if it["all_back"]:
        yield Finding("all beat again since the remedy", Tone.GOOD)
    else:
        left = f", {count(it['looks_left'], 'look')} left" if it["looks_left"] else ""
        yield Finding(f"not yet: {names(it['missing'])}{left}", Tone.UNKNOWN if it["again"] else Tone.BAD)


def watch(it: Found) -> Iterator[Finding]:
    done, bad = it["looks_done"], [*it["own_failed"], *it["others_failed"]]
    told = f"stale: {names(bad)}" if bad else "every strategy beats"
    yield Finding(told, Tone.BAD if bad else Tone.GOOD, looks=(done, done + it["looks_left"]))


def signals(it: Found) -> Iterator[Finding]:
    waiting = f"; not yet: {names(it['not_seen'])}" if it["not_seen"] else ""
    yield Finding(f"{len(it['seen'])} process signals{waiting}", Tone.UNKNOWN if waiting else Tone.GOOD)


def accounts(it: Found) -> Iterator[Finding]:
    tone = {True: Tone.GOOD, False: Tone.BAD}.get(it["accounted"], Tone.UNKNOWN)
    yield Finding(f"{it['kept']} as before, {len(it['missing'])} missing, {len(it['unknown'])} unknown", tone)
    if it["missing"]:
        yield Finding(names(it["missing"]), Tone.BAD)


def slowed(it: Found) -> Iterator[Finding]:
    if it["slowed"]:
        yield Finding(f"cooldown raised for {names(it['slowed'])}", Tone.GOOD)
    for left in it["left_alone"]:
        yield Finding(f"left alone - {left}", Tone.UNKNOWN)


def acknowledged(it: Found) -> Iterator[Finding]:
    if it["acknowledged"]:
        yield Finding("the service has acknowledged the stop", Tone.GOOD)
    elif not it.get("again"):
        yield Finding("the service never acknowledged the stop", Tone.UNKNOWN)


def outlast(it: Found) -> Iterator[Finding]:
    yield Finding(str(it["why"]), Tone.GOOD if it["over"] else Tone.PLAIN)


def effect(it: Found) -> Iterator[Finding]:
    yield Finding(f"{it['strategy_id']}: {it['why']}", RESULT_TONES.get(it["result"], Tone.PLAIN))


def remedy(it: Found) -> Iterator[Finding]:
    yield Finding(f"{words(it['remedy'])}: {it['why']}", RESULT_TONES.get(it["result"] or "", Tone.PLAIN))


def proof(it: Found) -> Iterator[Finding]:
    if it["proved"]:
        yield from watch(it["monitor"]) if it["beats"]["all_back"] else beats(it["beats"])
    else:
        yield Finding("nothing to prove", Tone.UNKNOWN)


def child_run(it: Found) -> Iterator[Finding]:
    yield Finding(str(it["summary"]), Tone.GOOD if it["outcome"] == "resolved" else Tone.PLAIN)


def why(it: Found) -> Iterator[Finding]:
    state = it.get("state")
    tone = {"took_effect": Tone.GOOD, "failed": Tone.BAD}.get(str(state), Tone.PLAIN)
    yield Finding(str(it["why"]), Tone.GOOD if it.get("gone") else tone)


def checklist_item(it: Found) -> Iterator[Finding]:
    yield Finding(f"{words(it['result'])}: {it['value']}", RESULT_TONES.get(it["result"], Tone.PLAIN))


def ending(it: Found) -> Iterator[Finding]:
    output = it["output"] or {}
    said = it.get("cause") if it["escalated"] else output.get("summary")
    if said:
        first = str(said).partition("\n")[0]
        yield Finding(cut(first), Tone.BAD if it["escalated"] else Tone.GOOD)

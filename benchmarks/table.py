"""`docs/benchmarks.md` from the results: every number beside its goal or what it is compared with."""

from __future__ import annotations

from typing import Any

from benchmarks import checklist, classifier_table, closes, diagnosis, report, stop_table


def page(results: dict[str, Any]) -> str:
    parts = [
        "# Benchmarks",
        "",
        "Written by `make bench`; the numbers are of one machine, the ratios travel further. The embedded AWS is",
        "no AWS: engine times there are those of this machine, transitions and costs are the definition's own.",
        "",
        *(_cures(results["cures"]) if "cures" in results else []),
        *(_recovery(results["recovery"]) if "recovery" in results else []),
        *(_approvals(results["approvals"]) if "approvals" in results else []),
        *(stop_table.part(results["stop"], _foot(results["stop"])) if "stop" in results else []),
        *(closes.part(results["closes"], _foot(results["closes"])) if "closes" in results else []),
        *(checklist.part(results["checklist"], _foot(results["checklist"])) if "checklist" in results else []),
        *(
            classifier_table.part(results["classifier"], _foot(results["classifier"]))
            if "classifier" in results
            else []
        ),
        *(diagnosis.part(results["diagnosis"], _foot(results["diagnosis"])) if "diagnosis" in results else []),
        *(report.part(results["report"], _foot(results["report"])) if "report" in results else []),
        *(_startup(results["startup"]) if "startup" in results else []),
    ]
    return "\n".join(parts).rstrip() + "\n"


def _cures(found: dict[str, Any]) -> list[str]:
    warm, cold = found["warm"], found["cold"]
    lines = [
        "## A whole cure (service crashed) on the embedded AWS",
        "",
        "| | cold | warm | goal (warm) |",
        "|---|---|---|---|",
        f"| alarm to first remedy, s | {cold['alarm_to_first_remedy_seconds']} "
        f"| {warm['alarm_to_first_remedy_seconds']} | 5 |",
        f"| engine time without its waits, s | {cold['engine_seconds']} | {warm['engine_seconds']} | 3 |",
        f"| transitions | {cold['transitions']} | {warm['transitions']} | 90 |",
        f"| cost, USD | {cold['usd']} | {warm['usd']} | 0.01 |",
        f"| memory of the embedded AWS after it, MB | {found['memory_mb_after_demo']} | | 1536 |",
        "",
        "## Transitions and cost of each path",
        "",
        "| cause | ended | transitions | Lambda calls | USD | engine time, s |",
        "|---|---|---|---|---|---|",
        f"| service crashed | {warm['outcome']} | {warm['transitions']} | {warm['task_calls']} | {warm['usd']} "
        f"| {warm['engine_seconds']} |",
    ]
    for name, run in found["paths"].items():
        lines.append(
            f"| {name} | {run['outcome']} | {run['transitions']} | {run['task_calls']} | {run['usd']} "
            f"| {run['engine_seconds']} |"
        )
    return [*lines, "", _foot(found), ""]


def _recovery(found: dict[str, Any]) -> list[str]:
    bare = found["bare_redeploy_seconds"]
    lines = [
        "## From the alarm to the first good heartbeat, in real time",
        "",
        "A new task takes 45 to 120 s to start, drawn at random; compared with a program that makes the one right",
        "call at the moment of the alarm, knowing the cause and proving nothing. Add what the platform's alarm",
        "takes (2 minutes of silence and up to one more) for the time since the last good heartbeat.",
        "",
        "| cause | s | against the bare redeploy |",
        "|---|---|---|",
        f"| bare redeploy | {bare} | 1.0 |",
    ]
    lines += [f"| {n} | {s} | {s / bare:.2f} |" for n, s in found["first_heartbeat_seconds"].items()]
    return [*lines, "", _foot(found), ""]


def _approvals(found: dict[str, Any]) -> list[str]:
    bare = found["bare_seconds"]
    lines = [
        "## From a decision to the execution that goes on",
        "",
        f"Medians of {found['tries']}, in turn, on the embedded AWS. The bare call is one SendTaskSuccess with a",
        "known token, which the embedded engine answers out of its own memory; the link is the pattern of the",
        "public samples (the token in a GET, one function, nothing checked, nothing recorded); ours is the form",
        "over HTTP: key, anti-forgery value, phrase, conditional write, delivery.",
        "",
        "| | s | against the bare call | against the link |",
        "|---|---|---|---|",
        f"| bare SendTaskSuccess | {found['bare_seconds']} | 1.0 | |",
        f"| link with the token | {found['link_seconds']} | {found['link_seconds'] / bare:.1f} | 1.0 |",
        f"| decision by the form | {found['form_seconds']} | {found['ratio_to_bare']} (goal 3) "
        f"| {found['ratio_to_link']} |",
        f"| its part after the write | {found['written_seconds']} | {found['written_seconds'] / bare:.1f} | |",
        "",
        f"Worst of {len(found['redelivered_seconds'])} redeliveries after a delivery that died: "
        f"{found['worst_redelivery_seconds']} s (goal 60).",
    ]
    return [*lines, "", _foot(found), ""]


def _startup(found: dict[str, Any]) -> list[str]:
    lines = [
        "## Start-up of each task",
        "",
        "Process CPU of import and clients, median of 15, against bare boto3 with the same clients.",
        f"Goal: at most 1.3 times. Worst {found['worst_ratio']}, median {found['median_ratio']}.",
        "",
        "| task | clients | CPU, s | bare boto3, s | ratio |",
        "|---|---|---|---|---|",
    ]
    for name, one in sorted(found["tasks"].items(), key=lambda pair: -pair[1]["ratio"]):
        lines.append(
            f"| {name} | {', '.join(one['clients']) or 'none'} | {one['cpu_seconds']} "
            f"| {one['bare_boto3_cpu_seconds']} | {one['ratio']} |"
        )
    return [*lines, "", *_exchange(found.get("exchange")), _foot(found), ""]


def _exchange(found: dict[str, Any] | None) -> list[str]:
    if found is None:
        return []
    return [
        f"What the exchange adds to the start of a task ({found['task']}): {found['added_cpu_seconds']} s of CPU "
        f"({found['cpu_seconds']} s with its port, ccxt and a client, {found['without_exchange_cpu_seconds']} s "
        f"without); goal: at most 0.15 s. Its layer: {found['layer_unzipped_mb']} MB unzipped (goal: less "
        f"than 30), {found['layer_mb']} MB zipped.",
        "",
    ]


def _foot(found: dict[str, Any]) -> str:
    machine = found["machine"]
    return f"Measured {machine['at']} on {machine['cores']} cores with Python {machine['python']}."

"""How large a report can become, and how much of a long run is in it (how long it takes: benchmarks/report.py)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from benchmarks.big_incident import ARN, INCIDENT, NOW, history, item
from functions.adapters.memory import World, twins
from functions.adapters.pictures import MatplotlibPictures
from functions.history import StateSpan
from functions.reporting import final
from functions.settings import Settings

SETTINGS = Settings.model_validate({"env": "prod", "account_id": "111111111111", "region": "eu-central-1"})


def written(told: Any, **more: Any) -> dict[str, str]:
    world = World(now=NOW)
    world.put("incidents", {**item(), "revision": 0, **more})
    world.histories[ARN] = told
    ports = replace(twins(world), pictures=MatplotlibPictures())
    assert final.write(ports, SETTINGS, INCIDENT).written
    return {key.rpartition("/")[2]: body for key, (body, _) in world.objects.items()}


def test_a_run_with_a_thousand_events_has_a_report_under_a_megabyte_with_all_that_did_not_go_well() -> None:
    told = history()
    assert told.events >= 1_000
    found = written(told)
    assert len(found["report.html"].encode()) < 1_000_000
    assert "<svg" in found["report.html"]
    assert "vmPUZE6mv9SD5VNH" not in found["report.html"] + found["report.md"]
    assert "260 in all (254 done, 6 unknown), of which 200 stand here" in found["report.md"]
    assert found["report.md"].count("? unknown") == 4, "those of them that the item holds"


def test_the_longest_history_that_is_read_with_the_longest_texts_stays_under_a_megabyte_too() -> None:
    told = history()
    spans = [
        StateSpan(
            "m" * 80, f"{ARN}-{n}", f"State{n}{'x' * 70}", "Task", NOW + timedelta(seconds=n), None, "E" * 200
        )
        for n in range(4_000)
    ]
    long = {
        "evidence": [
            {"what": "w" * 1_000, "where": f"{n}{'x' * 990}", "value": "<&" * 500, "at": NOW.isoformat()}
            for n in range(200)
        ],
        "summary": "s" * 1_000,
    }
    found = written(replace(told, spans=tuple(spans), events=25_000), **long)
    assert len(found["report.html"].encode()) < 1_000_000
    assert "It is long: texts are cut at" in found["report.md"]
    assert "ssss ... (cut)" in found["report.md"]

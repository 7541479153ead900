"""Histories grow while they are read, come in pages, and now and then with gaps."""

from __future__ import annotations

from typing import Any

import pytest

from console.history import PAGE, HistoryReader


class Growing:
    """A history that shows the ids that it was told to."""

    def __init__(self, last: int) -> None:
        self.ids = set(range(1, last + 1))
        self.pages = 0

    def get_execution_history(self, **arguments: Any) -> dict[str, Any]:
        assert arguments["reverseOrder"] is True
        self.pages += 1
        ids = sorted(self.ids, reverse=True)
        start = int(arguments.get("nextToken", 0))
        end = start + arguments["maxResults"]
        page = [{"id": n, "type": "PassStateEntered", "task_token": "AQCsAAAAKgAAAAM"} for n in ids[start:end]]
        return {"events": page, **({"nextToken": str(end)} if end < len(ids) else {})}


def ids(events: list[dict[str, Any]]) -> list[int]:
    return [event["id"] for event in events]


@pytest.mark.parametrize("last", [1, PAGE - 1, PAGE, PAGE + 1, 3 * PAGE + 7])
def test_reads_every_event_once_and_in_order(last: int) -> None:
    reader = HistoryReader(Growing(last), "arn")
    assert ids(reader.new_events()) == list(range(1, last + 1))
    assert reader.new_events() == []


def test_reads_only_what_is_new() -> None:
    history = Growing(5)
    reader = HistoryReader(history, "arn")
    reader.new_events()
    history.ids |= {6, 7}
    assert ids(reader.new_events()) == [6, 7]


def test_asks_for_one_page_where_little_is_new_however_long_the_history_is() -> None:
    history = Growing(20 * PAGE)
    reader = HistoryReader(history, "arn")
    reader.new_events()
    history.ids.add(20 * PAGE + 1)
    history.pages = 0
    assert ids(reader.new_events()) == [20 * PAGE + 1]
    assert history.pages == 1


def test_waits_for_an_event_that_is_not_there_yet_instead_of_losing_it() -> None:
    history = Growing(3)
    history.ids |= {5, 6}
    reader = HistoryReader(history, "arn")
    assert ids(reader.new_events()) == [1, 2, 3]
    history.ids.add(4)
    assert ids(reader.new_events()) == [4, 5, 6]


def test_gives_no_event_away_unredacted() -> None:
    events = HistoryReader(Growing(2), "arn").new_events()
    assert [event["task_token"] for event in events] == ["[redacted]", "[redacted]"]

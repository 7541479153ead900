"""What a direct stop learns from the stack: where reports go, and which status page was deployed."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from console import direct
from console.direct import Deployed
from functions.errors import Refused
from tests.console.test_preflight import Answers
from tests.tasks.rig import SETTINGS

URL = "https://status.example.com/v1/pages/tradai/incidents"


class Stack(Answers):
    def hurried(self, service: str) -> Any:
        return self.client(service)


def deployed(stacks: Any) -> Deployed:
    found = stacks if isinstance(stacks, Exception) else {"Stacks": stacks}
    return direct.deployed(Stack({"cloudformation.describe_stacks": found}))


def page(told: Deployed) -> str | None:
    found = told.settings(SETTINGS).emergency_stop.status_page
    return found.url if found else None


def test_bucket_and_page_are_those_of_the_stack() -> None:
    told = deployed([{
        "Outputs": [{"OutputKey": "ReportsBucket", "OutputValue": "b"}],
        "Parameters": [{"ParameterKey": "StatusPageUrl", "ParameterValue": URL}],
    }])  # fmt: skip
    assert told.bucket == ("b", "")
    assert page(told) == URL


def test_an_empty_parameter_is_no_page_and_none_leaves_the_settings_as_they_are() -> None:
    here = SETTINGS.with_status_page(URL)
    without = deployed([{"Parameters": [{"ParameterKey": "StatusPageUrl", "ParameterValue": ""}]}])
    assert without.settings(here).emergency_stop.status_page is None
    assert deployed([{}]).settings(here) == here
    assert deployed([{}]).bucket == (None, "the stack has no output ReportsBucket")


@pytest.mark.parametrize("stacks", [[], EndpointConnectionError(endpoint_url="https://cloudformation")])
def test_a_stack_that_cannot_be_read_is_never_taken_for_one_without_a_page(stacks: Any) -> None:
    told = deployed(stacks)
    assert told.bucket[0] is None
    assert told.bucket[1]
    with pytest.raises(Refused, match="whether there is a status page is not known"):
        told.settings(SETTINGS)
    here = SETTINGS.with_status_page(URL)
    assert told.settings(here) == here, "the settings name one: that is told"


def test_the_venues_answer_where_the_stack_says_and_a_stand_in_is_never_taken_for_the_real_one() -> None:
    urls = '{"binanceusdm": "http://127.0.0.1:1/_local/exchange"}'
    told = deployed([{"Parameters": [{"ParameterKey": "ExchangeApiUrls", "ParameterValue": urls}]}])
    assert told.venues(embedded=True) == told.venues(embedded=False) == urls
    gone = deployed([])
    assert gone.venues(embedded=False) == "{}", "AWS's are the venues' own: a stop does not wait for CloudFormation"
    with pytest.raises(Refused, match="where the venues answer is not known"):
        gone.venues(embedded=True)

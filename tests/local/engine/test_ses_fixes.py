"""What SES refuses, and what it tells of the mails that it took."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from local.engine.ses.outcomes import event_types, illegal, is_refused
from tests.local.engine.http_api import deploy, user
from tests.local.engine.lab import Lab, eventually

BUS = "arn:aws:events:eu-central-1:000000000000:event-bus/default"
SENDER = "TradAI <runbooks@tradai.example>"
WANTED = ["bounce", "complaint", "reject", "deliveryDelay", "renderingFailure"]


def with_a_sender(lab: Lab, types: list[str] | None = None, *, enabled: bool = True) -> str:
    """A verified domain and, by template, a configuration set with one destination; returns the set's name."""
    known = lab.client("sesv2").list_email_identities()["EmailIdentities"]
    if "tradai.example" not in [one["IdentityName"] for one in known]:
        lab.client("sesv2").create_email_identity(EmailIdentity="tradai.example")
    destination = {
        "Name": "bus",
        "Enabled": enabled,
        "MatchingEventTypes": types or WANTED,
        "EventBridgeDestination": {"EventBusArn": BUS},
    }
    options = {"DeliveryOptions": {"TlsPolicy": "REQUIRE"}, "ReputationOptions": {"ReputationMetricsEnabled": True}}
    resources = {
        "Set": {"Type": "AWS::SES::ConfigurationSet", "Properties": {"Name": lab.name("set"), **options}},
        "Destination": {
            "Type": "AWS::SES::ConfigurationSetEventDestination",
            "Properties": {"ConfigurationSetName": {"Ref": "Set"}, "EventDestination": destination},
        },
    }
    return deploy(lab, resources, {"Set": {"Ref": "Set"}})["Set"]


def send(lab: Lab, to: str, configuration_set: str | None = None, **more: Any) -> str:
    content = {"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}, "Html": {"Data": "<p>t</p>"}}}}
    chosen = {} if configuration_set is None else {"ConfigurationSetName": configuration_set}
    tags = [{"Name": "approval_id", "Value": "apr-1"}, {"Name": "person_id", "Value": "bob"}]
    wish = {
        "FromEmailAddress": SENDER,
        "Destination": {"ToAddresses": [to]},
        "EmailTags": tags,
        "Content": content,
        **chosen,
        **more,
    }
    return str(lab.client("sesv2").send_email(**wish)["MessageId"])


def refusal(lab: Lab, to: str, configuration_set: str | None = None, **more: Any) -> str:
    with pytest.raises(ClientError) as caught:
        send(lab, to, configuration_set, **more)
    return str(caught.value.response["Error"]["Code"])


def of_the_set(name: str) -> dict[str, Any]:
    return {"source": ["aws.ses"], "detail": {"mail": {"tags": {"ses:configuration-set": [name]}}}}


@pytest.mark.parametrize(
    ("address", "types"),
    [
        ("bounce@simulator.amazonses.com", ["Send", "Bounce"]),
        ("bounce+label@simulator.amazonses.com", ["Send", "Bounce"]),
        ("complaint@simulator.amazonses.com", ["Send", "Delivery", "Complaint"]),
        ("ooto@simulator.amazonses.com", ["Send", "Delivery"]),
        ("suppressionlist@simulator.amazonses.com", ["Send", "Bounce"]),
        ("Bounce+bob@tradai.example", ["Send", "Bounce"]),
        ("Bob <delay+bob@tradai.example>", ["Send", "DeliveryDelay"]),
        ("reject+bob@tradai.example", ["Send", "Reject"]),
        ("bob+bounce@tradai.example", ["Send", "Delivery"]),
        ("bounce@tradai.example", ["Send", "Delivery"]),
    ],
)
def test_what_becomes_of_a_mail_stands_in_its_address(address: str, types: list[str]) -> None:
    assert list(event_types(address)) == types


def test_only_addresses_that_say_so_are_refused() -> None:
    assert is_refused("refuse+bob@tradai.example")
    assert not is_refused("refuse@tradai.example")
    assert not is_refused("refuse+x@simulator.amazonses.com")


@pytest.mark.parametrize("address", ["bob", "bob@", "@tradai.example", "b ob@tradai.example", "b@c\r\nBcc: x@y"])
def test_an_address_that_is_none_is_illegal(address: str) -> None:
    assert illegal(address)
    assert illegal("Bob <bob@tradai.example>") is None


def test_a_bounce_is_an_event_that_names_the_mail_by_its_tags(lab: Lab) -> None:
    name = with_a_sender(lab)
    events = lab.inbox(of_the_set(name))
    message_id = send(lab, "bounce+bob@tradai.example", name)
    (event,) = eventually(events, lambda found: found)
    assert (event["source"], event["detail-type"]) == ("aws.ses", "Email Bounced")
    assert event["resources"] == [f"arn:aws:ses:eu-central-1:000000000000:configuration-set/{name}"]
    detail = event["detail"]
    assert detail["eventType"] == "Bounce"
    assert detail["bounce"]["bounceType"] == "Permanent"
    assert detail["bounce"]["bouncedRecipients"][0]["emailAddress"] == "bounce+bob@tradai.example"
    assert detail["mail"]["messageId"] == message_id
    tags = detail["mail"]["tags"]
    assert (tags["approval_id"], tags["person_id"]) == (["apr-1"], ["bob"])
    assert tags["ses:from-domain"] == ["tradai.example"]


def test_each_kind_of_trouble_is_told_and_what_nobody_wants_is_not(lab: Lab) -> None:
    name = with_a_sender(lab)
    events = lab.inbox(of_the_set(name))
    for word in ("complaint", "reject", "delay", "fine"):
        send(lab, f"{word}+bob@tradai.example", name)
    found = eventually(events, lambda seen: len(seen) == 3)
    assert {one["detail"]["eventType"] for one in found} == {"Complaint", "Reject", "DeliveryDelay"}
    time.sleep(0.5)
    assert len(events()) == 3


@pytest.mark.parametrize("how", ["no set", "another type", "switched off"])
def test_without_a_destination_that_wants_it_nothing_is_told(lab: Lab, how: str) -> None:
    name = with_a_sender(lab, ["complaint"] if how == "another type" else None, enabled=how != "switched off")
    events = lab.inbox({"source": ["aws.ses"]})
    send(lab, "bounce+bob@tradai.example", None if how == "no set" else name)
    time.sleep(0.8)
    assert events() == []


def test_what_ses_refuses_is_refused_and_not_sent(lab: Lab) -> None:
    name = with_a_sender(lab)
    assert refusal(lab, "refuse+bob@tradai.example", name) == "MessageRejected"
    assert refusal(lab, "nobody", name) == "BadRequestException"
    assert refusal(lab, "bob@tradai.example", "no-such-set") == "NotFoundException"
    assert refusal(lab, "bob@tradai.example", name, FromEmailAddress="x@other.example") == "MessageRejected"
    odd = [{"Name": "person_id", "Value": "bob smith"}]
    assert refusal(lab, "bob@tradai.example", name, EmailTags=odd) == "BadRequestException"
    assert send(lab, "bob@tradai.example", name)


def may_send(lab: Lab, *resources: str, sender: str = "runbooks@tradai.example") -> bool:
    """Whether somebody with `ses:SendEmail` on these alone, from this sender alone, may send the usual mail."""
    name = with_a_sender(lab)
    condition = {"StringEquals": {"ses:FromAddress": sender}}
    arns = [f"arn:aws:ses:eu-central-1:000000000000:{one.format(set=name)}" for one in resources]
    statement = {"Effect": "Allow", "Action": "ses:SendEmail", "Resource": arns, "Condition": condition}
    keys = user(lab, statement)
    person = Lab(lab.engine)
    person._clients["sesv2"] = boto3.client(
        "sesv2",
        endpoint_url=lab.engine.endpoint_url,
        region_name="eu-central-1",
        aws_access_key_id=keys.access_key,
        aws_secret_access_key=keys.secret_key,
    )
    try:
        send(person, "bob@tradai.example", name)
    except ClientError as error:
        return "AccessDenied" not in error.response["Error"]["Code"]
    return True


def test_a_mail_needs_its_senders_identity_and_its_configuration_set(guarded: Lab) -> None:
    assert may_send(guarded, "identity/tradai.example", "configuration-set/{set}")
    assert not may_send(guarded, "identity/tradai.example")
    assert not may_send(guarded, "configuration-set/{set}")
    assert not may_send(guarded, "identity/other.example", "configuration-set/{set}")
    assert not may_send(guarded, "identity/*", "configuration-set/*", sender="other@tradai.example")


def test_ministack_alone_refuses_who_may_send(guarded_without: Callable[[str], Lab]) -> None:
    assert not may_send(guarded_without("iam-mail"), "identity/tradai.example", "configuration-set/{set}")


@pytest.mark.parametrize("fix", ["ses-refusals", "ses-events"])
def test_ministack_alone_takes_every_mail_and_tells_nothing(lab_without: Callable[[str], Lab], fix: str) -> None:
    lab = lab_without(fix)
    name = with_a_sender(lab)
    if fix == "ses-refusals":
        assert send(lab, "nobody", "no-such-set")
        return
    events = lab.inbox({"source": ["aws.ses"]})
    send(lab, "bounce@simulator.amazonses.com", name)
    time.sleep(0.8)
    assert events() == []

"""How approval mails leave, and that nobody rewrites their links on the way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.config import load_settings
from tests.infra.template import Template
from tests.infra.test_stack import env_of


def configuration_set(template: Template) -> Mapping[str, Any]:
    (found,) = template.of("AWS::SES::ConfigurationSet").values()
    return found


def test_mail_leaves_by_the_stacks_own_configuration_set_with_tls_or_not_at_all(template: Template) -> None:
    found = configuration_set(template)
    assert found["Name"] == f"tradai-runbooks-{env_of(template)}"
    assert found["DeliveryOptions"] == {"TlsPolicy": "REQUIRE"}
    assert found["ReputationOptions"] == {"ReputationMetricsEnabled": True}


def test_no_link_is_rewritten_and_no_picture_put_in(template: Template) -> None:
    """Each of the three would send the personal key by an address of SES."""
    found = configuration_set(template)
    assert "TrackingOptions" not in found
    assert found["VdmOptions"] == {"DashboardOptions": {"EngagementMetrics": "DISABLED"}}
    for one in template.of("AWS::SES::ConfigurationSetEventDestination").values():
        assert not {"open", "click"} & {event.lower() for event in one["EventDestination"]["MatchingEventTypes"]}


def test_what_did_not_reach_a_person_comes_back_by_the_default_bus(template: Template) -> None:
    (one,) = template.of("AWS::SES::ConfigurationSetEventDestination").values()
    (logical,) = template.of("AWS::SES::ConfigurationSet")
    assert one["ConfigurationSetName"] == {"Ref": logical}
    destination = one["EventDestination"]
    assert destination["Enabled"] is True
    assert sorted(destination["MatchingEventTypes"]) == [
        "bounce",
        "complaint",
        "deliveryDelay",
        "reject",
        "renderingFailure",
    ]
    settings = load_settings(env_of(template))
    bus = f"arn:aws:events:{settings.region}:{settings.account_id}:event-bus/default"
    assert destination["EventBridgeDestination"] == {"EventBusArn": bus}


def test_the_sender_is_the_platforms_and_is_not_created(template: Template) -> None:
    assert template.raw("AWS::SES::EmailIdentity") == {}


def test_mail_is_sent_from_the_settings_sender_only(template: Template) -> None:
    settings = load_settings(env_of(template))
    sender = settings.approvals.sender
    assert sender
    prefix = f"arn:aws:ses:{settings.region}:{settings.account_id}:"
    allowed = [
        one
        for role in template.of("AWS::IAM::Role")
        for one in template.allowed(role)
        if one.action.startswith("ses:")
    ]
    assert {one.action for one in allowed} == {"ses:SendEmail"}
    for role in {one.role for one in allowed}:
        conditions = {one.resource: one.conditions for one in allowed if one.role == role}
        assert set(conditions) == {
            f"{prefix}identity/{sender}",
            f"{prefix}identity/{sender.partition('@')[2]}",
            f"{prefix}configuration-set/tradai-runbooks-{env_of(template)}",
        }
        assert all(
            condition == {"StringEquals": {"ses:FromAddress": sender}}
            for resource, condition in conditions.items()
            if ":identity/" in resource
        )

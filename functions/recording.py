"""The record of a request that its incident keeps: who was asked, who looked, who decided, with what note, from
what address and agent. No key, no hash of one, no task token: none of them is named here, and so none can leak.
"""

from __future__ import annotations

from typing import Any, Final

from functions.approvals import Approval, Asked, Seen, Vote, Voter

# An incident is one item; the members' own records stand in their own incidents.
MOST_MEMBERS: Final = 100


def record_of(approval: Approval) -> dict[str, Any]:
    """Texts, numbers, lists, maps and aware datetimes, as `incidents.record_approval` takes them. `version` tells
    the newer one of two records; people are named by their ids, `asked` gives the names."""
    question, decision = approval.question, approval.decision
    return {
        "approval_id": approval.approval_id,
        "version": approval.version,
        "title": question.title,
        "kind": question.kind,
        "desk": question.desk,
        "state": approval.state,
        "facts": [{"name": line.name, "value": line.value} for line in question.facts],
        "options": [
            {
                "id": option.id,
                "label": option.label,
                "risk": option.risk.value,
                "needed": option.needed,
                "statement": option.statement,
                "opens_after": option.opens_after,
                "note_required": option.note_required,
            }
            for option in question.options
        ],
        "standing": approval.standing.value,
        "delivery": approval.delivery.value,
        "asked_at": approval.asked_at,
        "lapses_at": approval.lapses_at,
        "requested_by": approval.requested_by,
        "requester": approval.requester,
        "asked": [_asked(one) for one in approval.asked],
        "reminded_at": approval.reminded_at,
        "seen": [_seen(one) for one in approval.seen],
        "votes": [_vote(one) for one in approval.votes],
        "replaced_votes": [_vote(one) for one in approval.replaced],
        "wrong_phrases": [
            {"person": one.person_id, "via": one.via, "wrong": one.wrong} for one in approval.tries if one.wrong
        ],
        "decision": None
        if decision is None
        else {
            "option": decision.option,
            "by": list(decision.by),
            "at": decision.at,
            "note": decision.note,
            "until": decision.until,
            "why_alone": decision.why_alone,
        },
        "decided_by": [] if decision is None else list(decision.by),
        "glass": None
        if approval.glass is None
        else {
            "ratify_by": approval.glass.ratify_by,
            "paged_at": approval.glass.paged_at,
            "told_at": approval.glass.told_at,
            "overdue_at": approval.glass.overdue_at,
            "ratified_by": approval.glass.ratified_by,
            "ratified_at": approval.glass.ratified_at,
            "note": approval.glass.note,
        },
        "delivered_at": approval.delivered_at,
        "repeats": approval.repeats,
        "acknowledged_by": approval.acknowledged_by,
        "parent": approval.parent,
        "members": [
            {"approval_id": one.approval_id, "incident_id": one.incident_id, "title": one.title}
            for one in approval.members[:MOST_MEMBERS]
        ],
        "members_total": len(approval.members),
        "trouble": list(approval.trouble),
    }


def _asked(one: Asked) -> dict[str, Any]:
    return {
        "person": one.person_id,
        "name": one.name,
        "rung": one.rung,
        "at": one.at,
        "mail": one.mail.value,
        "message_id": one.message_id,
        "why": one.why,
    }


def _seen(one: Seen) -> dict[str, Any]:
    return {**_voter(one.voter), "at": one.at, "looking": one.looking}


def _vote(one: Vote) -> dict[str, Any]:
    return {**_voter(one.voter), "option": one.option, "at": one.at, "note": one.note, "until": one.until}


def _voter(voter: Voter) -> dict[str, Any]:
    return {"person": voter.person_id, "via": voter.via, "address": voter.address, "agent": voter.agent}

"""Who may be asked for a decision, and in which order."""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from functions.model import Model

# A user, or a session of a role. Not a federated user, whose name is chosen by whoever asks for the token; not a
# role, which calls as one of its sessions. The root user is nobody in particular (`roots`).
CALLER: Final = r"^arn:aws:(iam::\d{12}:(user/\S+|root)|sts::\d{12}:assumed-role/[^\s/]+/[^\s/]+)$"


class Person(Model):
    """Somebody who may decide. `arns` are the caller ARNs that stand for this person, exactly as STS gives them
    (`arn:aws:iam::ACCOUNT:user/NAME`, `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`)."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    email: Annotated[str, Field(pattern=r"^[^@\s<>\"',;:]+@[^@\s<>\"',;:]+\.[^@\s<>\"',;:]+$")] | None = None
    arns: tuple[Annotated[str, Field(pattern=CALLER)], ...] = ()


class Desk(Model):
    """Who is asked, by person id: at once, at a third of the time, at two thirds of it."""

    rungs: Annotated[tuple[Annotated[tuple[str, ...], Field(min_length=1)], ...], Field(min_length=1, max_length=3)]


class Approvers(Model):
    """People and desks. `sender` is an e-mail identity of SES that the platform owns, `needed` how many people
    an option that adds risk needs by the kind of question. Without a desk nobody can be asked."""

    sender: Annotated[str, Field(pattern=r"^[^@\s<>]+@[^@\s<>]+$")] | None = None
    people: dict[Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")], Person] = Field(default={})
    desks: dict[str, Desk] = Field(default={})
    needed: dict[Literal["close", "change", "resume"], Annotated[int, Field(ge=1, le=2)]] = Field(
        default={"close": 1, "change": 1, "resume": 2}
    )

    @model_validator(mode="after")
    def _known_and_reachable(self) -> Self:
        for name, desk in self.desks.items():
            for number, rung in enumerate(desk.rungs):
                for person in rung:
                    if person not in self.people:
                        raise ValueError(f"desks.{name}.rungs.{number}: there is no person {person!r} in people")
        if self.desks and "default" not in self.desks:
            raise ValueError("desks: one must be called 'default'; a strategy without a desk of its own asks it")
        for what, given in (
            ("email", [p.email.lower() for p in self.people.values() if p.email]),
            ("arns", [arn for p in self.people.values() for arn in p.arns]),
        ):
            twice = sorted({one for one in given if given.count(one) > 1})
            if twice:
                raise ValueError(f"people: {what} {twice[0]!r} stands for two people; two people are two of them")
        shared = sorted(role for role, people in self._by_session_role().items() if len(people) > 1)
        if shared:
            raise ValueError(
                f"people: sessions of the role {shared[0]!r} stand for two people, and whoever may assume it "
                "chooses the session's name; give each a role or user of their own, or use IAM Identity Center"
            )
        if self.desks and self.sender is None and any(p.email for p in self.people.values()):
            raise ValueError("sender: is required as soon as a person has an e-mail address")
        return self

    def _by_session_role(self) -> dict[str, set[str]]:
        """People by the roles of their sessions, without those whose session names Identity Center gives."""
        found: dict[str, set[str]] = {}
        for person_id, person in self.people.items():
            for arn in person.arns:
                _, _, session = arn.partition(":assumed-role/")
                role = session.partition("/")[0]
                if role and not role.startswith("AWSReservedSSO_"):
                    found.setdefault(role, set()).add(person_id)
        return found

    def rungs_of(self, desk: str) -> tuple[tuple[str, ...], ...]:
        """The waves of a desk, or of the default desk where there is none of that name."""
        found = self.desks.get(desk) or self.desks.get("default")
        return found.rungs if found else ()

    def roots(self) -> tuple[str, ...]:
        """The people for whom an account's root user stands."""
        return tuple(who for who, person in self.people.items() if any(a.endswith(":root") for a in person.arns))

    def person_of(self, arn: str) -> str | None:
        return next((person_id for person_id, person in self.people.items() if arn in person.arns), None)

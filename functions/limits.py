"""Thresholds, times and budgets (CONTRACT.md 8)."""

from __future__ import annotations

from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from functions.model import Model, Seconds

# Seconds: the longest that a definition waits for redeploy-service.
REDEPLOY_WITHIN: Final = 1800
# Seconds after the lapse: a state that waits for a person gives up later than its question.
APPROVAL_BACKSTOP: Final = 150


class Limits(Model):
    """CONTRACT.md 8. Seconds unless the name says otherwise."""

    heartbeat_stale_after: Seconds = 120
    acknowledgement_look_every: Seconds = 10
    acknowledgement_looks: Annotated[int, Field(ge=1, le=10)] = 3
    heartbeat_look_every: Seconds = 5
    heartbeat_looks: Annotated[int, Field(ge=1, le=60)] = 12
    task_replaced_within: Seconds = 600
    task_look_every: Seconds = 15
    monitor_looks: Annotated[int, Field(ge=1, le=60)] = 10
    monitor_every: Seconds = 60
    redeploys_an_hour: Annotated[int, Field(ge=1, le=20)] = 3
    restarts_an_hour: Annotated[int, Field(ge=1, le=20)] = 3
    restarts_a_run: Annotated[int, Field(ge=1, le=40)] = 20
    exchange_wait: Seconds = 900
    maintenance_wait: Seconds = 14_400
    connectivity_wait: Seconds = 900
    deployment_wait: Seconds = 900
    look_again_every: Seconds = 30
    override_expires_after: Seconds = 14_400
    order_cooldown_least: Seconds = 60
    order_cooldown_most: Seconds = 600
    log_window: Seconds = 900
    # The checklist reads no further back in the log than this, however long ago the remedy was.
    log_looked_back: Seconds = 21_600
    # A metric of which no newer point is there says nothing: whoever publishes it is silent.
    metric_silent_after: Seconds = 300
    deadlock_silence: Seconds = 120
    sweeps_an_alarm: Annotated[int, Field(ge=1, le=10)] = 3
    approval_lapses_close: Seconds = 600
    approval_lapses_change: Seconds = 900
    approval_lapses_resume: Seconds = 3_600
    # A person who says "I am looking" holds back the next wave by so much, once a wave.
    looking_holds: Seconds = 180
    second_person_silent: Seconds = 300
    wrong_phrases_free: Annotated[int, Field(ge=1, le=10)] = 3
    wrong_phrase_delay: Seconds = 5
    wrong_phrase_delay_most: Seconds = 60
    # After a "no" no run is started again by itself for the same trouble, and nobody asked again, for so long.
    declined_rests: Seconds = 1_800
    unanswered_repeats: Annotated[tuple[Seconds, ...], Field(min_length=1, max_length=10)] = (900, 1_800, 3_600)
    # An emergency stop: how long one call of a segment works, and how long a stopping service is looked at (its
    # tasks may take 120 s by ECS's default).
    stop_segment_works: Annotated[int, Field(ge=1, le=50)] = 40
    stop_look_every: Seconds = 10
    stop_looks: Annotated[int, Field(ge=3, le=30)] = 18
    resume_batch_least: Annotated[int, Field(ge=1, le=50)] = 5
    resume_batches_most: Annotated[int, Field(ge=2, le=40)] = 20
    # Percent of a batch: more of them that fail halt everything again.
    resume_failed_most: Annotated[int, Field(ge=0, le=100)] = 20
    break_glass_after: Seconds = 1_800
    ratify_within: Seconds = 86_400
    alike_before_one_request: Annotated[int, Field(ge=1, le=20)] = 3

    # How long a waiting state waits by itself. The sweeper answers it when the question lapses; this is for
    # the night on which no sweeper runs, and late enough for two of its looks and a slow one.
    @property
    def approval_backstop_close(self) -> int:
        return self.approval_lapses_close + APPROVAL_BACKSTOP

    @property
    def approval_backstop_change(self) -> int:
        return self.approval_lapses_change + APPROVAL_BACKSTOP

    @property
    def approval_backstop_resume(self) -> int:
        return self.approval_lapses_resume + APPROVAL_BACKSTOP

    @property
    def raise_memory_within(self) -> int:
        """How long raise-memory may take: the question or the redeploy beside it, the redeploy after it, and the
        looks around them."""
        return max(self.approval_backstop_change, REDEPLOY_WITHIN) + REDEPLOY_WITHIN + 600

    @property
    def switch_exchange_within(self) -> int:
        """How long one question about an exchange that stays down may take, with the looks around it."""
        return self.approval_backstop_change + 600

    @property
    def outlast_within(self) -> int:
        """How long a trouble may be outlasted: unasked, and then once more for each of three questions, as long
        as a person may allow."""
        return 21_600 + 3 * (self.switch_exchange_within + self.maintenance_wait)

    @property
    def return_batch_within(self) -> int:
        """How long one batch of a resume may take: its writes, its looks for heartbeats and signals, and what
        failed stopped again."""
        return self.heartbeat_looks * (self.heartbeat_look_every + 75) + 900

    @property
    def return_strategies_within(self) -> int:
        """How long the service and all batches of a resume may take."""
        return self.task_replaced_within + (self.resume_batches_most + 2) * (self.return_batch_within + 300) + 900

    @model_validator(mode="after")
    def _bounds_in_order(self) -> Self:
        if self.order_cooldown_least > self.order_cooldown_most:
            raise ValueError(
                f"order_cooldown_least ({self.order_cooldown_least}) must not exceed "
                f"order_cooldown_most ({self.order_cooldown_most})"
            )
        return self

    @model_validator(mode="after")
    def _loops_bounded(self) -> Self:
        """The bounds that the definitions declare (`loops` in runbook.yaml): beyond them a run's history could
        end it without a word of its own."""
        bounds = (
            ("exchange_wait", "look_again_every", 60),
            ("connectivity_wait", "look_again_every", 60),
            ("deployment_wait", "look_again_every", 60),
            ("task_replaced_within", "task_look_every", 40),
        )
        for whole, every, most in bounds:
            if getattr(self, whole) > most * getattr(self, every):
                raise ValueError(f"{whole} ({getattr(self, whole)}) is more than {most} looks: raise {every}")
        return self

"""The soak: its threads, its end, and what is looked at then."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Final

from tests.e2e import asking
from tests.e2e.platform import Platform
from tests.soak import hands, samples, tidying, troubles
from tests.soak.gathering import gathered
from tests.soak.heard import Ear
from tests.soak.people import TOGETHER, Answerers
from tests.soak.record import Notes, Soaked
from tests.soak.rig import fill, undisturbed
from tests.soak.setting import Setting

# Real seconds. A question of a resume lapses after an hour, the longest of all waits but a maintenance's.
CURED_WITHIN, ENDED_WITHIN = 300.0, 420.0
# A closer, and a mail's way into the mailbox.
TOLD_WITHIN: Final = 20.0
ROUND: Final = 0.5
# So often one of the threads begins again.
MOST_TROUBLES: Final = 5


@dataclass
class Soaking:
    """`done`: everything has come to its end and nobody has to listen any more."""

    setting: Setting
    pid: int
    people: Answerers
    ear: Ear
    done: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Returns when all is over; what broke the soak itself stands in the notes."""
        own = [self._thread("people", self._people), self._thread("ear", self._listen)]
        own.append(self._thread("samples", self._sample))
        drivers = {"episodes": troubles.episodes, "positions": troubles.positions, "hands": hands.hands}
        threads = [self._thread(name, partial(self._driven, do)) for name, do in drivers.items()]
        for one in threads:
            one.join()
        self.setting.over.set()
        try:
            self._finish()
        finally:
            self.done.set()
            for one in own:
                one.join()

    def _driven(self, do: Callable[[Setting], None]) -> None:
        """One mishap is told, and is not the end of a soak."""
        for _ in range(MOST_TROUBLES):
            if self.setting.going:
                self._tried(do.__name__, lambda: do(self.setting))

    def _finish(self) -> None:
        """Faults are cleared, people answer at once, and what is halted is brought back; then nothing starts by
        itself any more, and what is at work comes to its end."""
        setting, platform = self.setting, self.setting.platform
        self.people.hurry = True
        print(f"{setting.elapsed:.0f} s: faults are cleared, all comes to its end", file=sys.stderr, flush=True)
        troubles.clear(setting)
        platform.bots(trade=False, trade_at_venue=False)
        self._tried("resume", lambda: hands.resume(setting, setting.pick("resume"), last=True))
        self._until(lambda: not platform._busy() and not platform.stale(), CURED_WITHIN)
        self._tried("put right", lambda: tidying.put_right(setting))
        self.ear.close()
        platform.silence_the_alarm()
        platform.silence_the_detector()
        for rule in platform._rules_calling("rb-watcher"):
            platform.client("events").disable_rule(Name=rule)
        self._until(lambda: not platform._busy(), ENDED_WITHIN)
        time.sleep(TOLD_WITHIN)

    def _until(self, over: Callable[[], bool], seconds: float) -> None:
        """What never comes, the laws tell."""
        deadline = time.monotonic() + seconds
        while not over() and time.monotonic() < deadline:
            time.sleep(ROUND)

    def _people(self) -> None:
        while not self.done.wait(ROUND):
            self._tried("people", self.people.look)

    def _listen(self) -> None:
        pick = self.setting.pick("deliveries")
        while True:
            over = self.done.wait(ROUND)
            self._tried("ear", lambda: self._heard(pick))
            if over:
                return

    def _heard(self, pick: Random) -> None:
        notes = self.setting.notes
        for one in self.ear.listen():
            notes.heard.append(one)
            if self.setting.going and (arn := self.ear.deliver_again(one, pick)) is not None:
                notes.twice.append(arn)

    def _sample(self) -> None:
        while True:
            self._tried("samples", self._sampled)
            if self.done.wait(samples.EVERY_SECONDS):
                return

    def _sampled(self) -> None:
        """Whoever waits for the end sees it go on."""
        setting = self.setting
        begun = sum(len(setting.platform.executions(one)) for one in setting.platform.state_machines)
        one = samples.take(self.pid, setting.began, begun)
        setting.notes.samples.append(one)
        print(
            f"{one.at:.0f} s: {one.executions} executions, {len(setting.notes.struck)} troubles, engine "
            f"{one.engine_mb:.0f} MB, {one.workers} workers, {len(setting.notes.trouble)} mishaps",
            file=sys.stderr,
            flush=True,
        )

    def _tried(self, what: str, do: Callable[[], object]) -> None:
        try:
            do()
        except Exception as error:
            told = f"{what} at {self.setting.elapsed:.0f} s: {error!r}"[:300]
            self.setting.notes.trouble.append(told)
            print(told, file=sys.stderr, flush=True)

    def _thread(self, name: str, do: Callable[[], None]) -> threading.Thread:
        made = threading.Thread(target=do, name=name, daemon=True)
        made.start()
        return made


def soaked(platform: Platform, pid: int, *, minutes: float, strategies: int, seed: int) -> Soaked:
    """AssertionError where the platform does not come to begin."""
    fill(platform, strategies)
    for person in TOGETHER:
        asking.signed(platform, person, "GET", "/operators/approvals")
    oldest = undisturbed(platform)
    setting = Setting(platform, seed, minutes * 60, platform.strategy_ids(), Notes(oldest))
    one = Soaking(setting, pid, Answerers(platform, seed), Ear(platform))
    one.run()
    return gathered(platform, setting.notes, one.people.told, one.people.said)

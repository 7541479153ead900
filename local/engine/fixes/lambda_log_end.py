"""A warm call ends when its log does, not 50 ms later."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from typing import Any

from ministack.core import lambda_runtime

from local.engine.fixes.patching import around, reworded
from local.engine.fixes.registry import Setup, fix

END = "\x1eend-of-invocation"
LONGEST_SECONDS = 0.25
FLUSH_OLD = "        _real_stdout.flush()\n\nrun()"
FLUSH_NEW = f"        sys.stderr.write({END!r} + chr(10))\n        sys.stderr.flush()\n{FLUSH_OLD}"


@fix("lambda-log-end")
def mark_the_end_of_the_log(_setup: Setup) -> None:
    """The worker ends each call's log with a mark, and nobody waits any longer for more.

    AWS: Lambda developer guide, "Lambda runtime environment": a call ends when the runtime asks for the next
    event. Ministack waits 50 ms for log lines after each call, which is most of a warm call's time.
    """
    script = lambda_runtime._PYTHON_WORKER_SCRIPT
    lambda_runtime._PYTHON_WORKER_SCRIPT = reworded(script, FLUSH_OLD, FLUSH_NEW)

    def make(original: Callable[..., str]) -> Callable[..., str]:
        def drain(self: Any, *args: Any, **named: Any) -> str:
            if not str(self.config.get("Runtime", "python")).startswith("python"):
                return original(self, *args, **named)
            lines: list[str] = []
            deadline = time.monotonic() + LONGEST_SECONDS
            while (left := deadline - time.monotonic()) > 0:
                try:
                    line = self._stderr_queue.get(timeout=left)
                except queue.Empty:
                    break
                if line == END:
                    break
                lines.append(line)
            return "\n".join(lines)

        return drain

    around(lambda_runtime.Worker, "_drain_stderr_bounded", make)

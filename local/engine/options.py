"""The embedded AWS's command line, read once."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Options:
    """What one engine process was asked to be.

    Attributes:
        port: TCP port on 127.0.0.1; 0 lets the operating system choose.
        time_scale: factor on waits, retry intervals, callback timeouts and periods; 1.0 is real time.
        iam: whether ministack checks every caller's policies.
        state_dir: folder for the engine's own files; None makes one and removes it at the end.
        meter: file to which every walked state, branch, retry and catch is appended, one JSON line each.
        without: names of start-up fixes left out, so that a test can see the old behaviour.
        platform: whether the stand-in platform is served too.
        ready_fd: pipe to which one JSON line is written once requests are answered.
        temporary: nobody but the starter knows the folder: remove it whole where the starter cannot.
        lifeline_fd: pipe whose end of file says that the parent is gone.
    """

    port: int = 0
    time_scale: float = 1.0
    iam: bool = False
    state_dir: Path | None = None
    meter: Path | None = None
    without: frozenset[str] = frozenset()
    platform: bool = True
    temporary: bool = False
    ready_fd: int | None = None
    lifeline_fd: int | None = None


def _scale(text: str) -> float:
    value = float(text)
    if not 0 < value <= 1:
        raise argparse.ArgumentTypeError(f"the time scale is above 0 and at most 1, not {text}")
    return value


def parse(argv: Sequence[str] | None = None) -> Options:
    """Read the command line; argparse ends the process with code 2 on a wrong one."""
    parser = argparse.ArgumentParser(prog="python -m local.engine", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (default: any free one)")
    parser.add_argument("--time-scale", type=_scale, default=1.0, help="0 < S <= 1; shortens waits")
    parser.add_argument("--iam", action="store_true", help="check every caller's policies")
    parser.add_argument("--state-dir", type=Path, help="folder for the engine's own files")
    parser.add_argument("--meter", type=Path, help="append walked states to this file, as JSON lines")
    parser.add_argument("--without-fix", action="append", default=[], metavar="NAME", dest="without")
    parser.add_argument("--no-platform", action="store_false", dest="platform")
    parser.add_argument("--temporary", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--ready-fd", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--lifeline-fd", type=int, help=argparse.SUPPRESS)
    found = vars(parser.parse_args(argv))
    return Options(**{**found, "without": frozenset(found["without"])})

"""Everything the command line can end with: one exit code for each kind of trouble, one line for people.

The table is `ExitCode`; docs/cli.md shows it and a test holds the two together.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the shell sees. Codes below 20: the command could not do its work. 20 to 29: how a run ended."""

    OK = 0
    BROKEN = 1
    USAGE = 2
    NODE_MISSING = 3
    NO_ENVIRONMENT = 4
    NO_CREDENTIALS = 5
    OTHER_ACCOUNT = 6
    LOCAL_NOT_RUNNING = 7
    PORT_TAKEN = 8
    EMULATOR_DIED = 9
    STACK_FAILED = 10
    AWS_TROUBLE = 11
    UNKNOWN_RUNBOOK = 12
    NOT_FOUND = 13
    ALREADY_RUNNING = 14
    BAD_SETTINGS = 15
    NOT_AN_APPROVER = 16
    NOT_TAKEN = 17
    TOO_LATE = 18
    TOO_SOON = 19
    ESCALATED = 20
    INVALID_INPUT = 21
    RUN_FAILED = 22
    RUN_TIMED_OUT = 23
    RUN_ABORTED = 24
    PREFLIGHT_FAILED = 30
    DEMO_FAILED = 31
    NOT_UNDONE = 32
    INTERRUPTED = 130


MEANING: dict[ExitCode, str] = {
    ExitCode.OK: "done; for a run: SUCCEEDED, whatever its outcome word",
    ExitCode.BROKEN: "a fault of this program; the trace is shown with `--debug`",
    ExitCode.USAGE: "the command line itself is wrong: option, argument, JSON",
    ExitCode.NODE_MISSING: "Node 20 or newer is not on PATH; CDK synthesis needs it",
    ExitCode.NO_ENVIRONMENT: "neither `--env` nor `TRADAI_ENV` was given, or it names no environment",
    ExitCode.NO_CREDENTIALS: "no AWS credentials were found, or they are not valid (any more)",
    ExitCode.OTHER_ACCOUNT: "the credentials belong to another account than the environment's settings name",
    ExitCode.LOCAL_NOT_RUNNING: "the embedded AWS is not running",
    ExitCode.PORT_TAKEN: "another program holds the port",
    ExitCode.EMULATOR_DIED: "the embedded AWS ended by itself or never became ready",
    ExitCode.STACK_FAILED: "synthesis or deployment of the stack failed",
    ExitCode.AWS_TROUBLE: "AWS refused a call or could not be reached",
    ExitCode.UNKNOWN_RUNBOOK: "no runbook of that name in this environment",
    ExitCode.NOT_FOUND: "no such execution, incident or approval",
    ExitCode.ALREADY_RUNNING: "an embedded AWS of this project is running already",
    ExitCode.BAD_SETTINGS: "the environment's settings are missing or wrong",
    ExitCode.NOT_AN_APPROVER: "these credentials stand for nobody who may decide this",
    ExitCode.NOT_TAKEN: "the decision was not taken: wrong phrase, option, note or until",
    ExitCode.TOO_LATE: "already decided, lapsed, or the run has ended",
    ExitCode.TOO_SOON: "too many wrong phrases: wait as long as it says",
    ExitCode.ESCALATED: "the run ended with `Escalated`: a person must act now",
    ExitCode.INVALID_INPUT: "the run was refused at the door with `InvalidInput`",
    ExitCode.RUN_FAILED: "the run FAILED with another error",
    ExitCode.RUN_TIMED_OUT: "the run TIMED_OUT",
    ExitCode.RUN_ABORTED: "the run was ABORTED",
    ExitCode.PREFLIGHT_FAILED: "at least one preflight check failed",
    ExitCode.DEMO_FAILED: "the demo's run did not end as that fault should end",
    ExitCode.NOT_UNDONE: "at least one change of a config could not be put back; each is named",
    ExitCode.INTERRUPTED: "interrupted with Ctrl-C; a run that was watched goes on",
}


class ConsoleError(Exception):
    """Trouble that is told in one line: what happened, and what to do about it."""

    def __init__(self, code: ExitCode, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.hint = code, message, hint

    def __str__(self) -> str:
        return f"{self.message} - {self.hint}" if self.hint else self.message

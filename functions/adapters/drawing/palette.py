"""Colours of a picture. Each is drawn as the light page has it, and named, so that a page can give another one."""

from __future__ import annotations

from typing import Final

from functions.rules.reporting.lanes import Tone

INK: Final = "#1f2328"
MUTED: Final = "#59636e"
GRID: Final = "#d8dee4"
FOLD: Final = "#eceff2"

FILLS: Final = {
    Tone.WORK: "#d6e4fb",
    Tone.WAIT: "#f3f4f6",
    Tone.PERSON: "#ecdffb",
    Tone.GOOD: "#d5f2dc",
    Tone.BAD: "#fddcd8",
    Tone.UNKNOWN: "#fcefc2",
}
LINES: Final = {
    Tone.WORK: "#2757a8",
    Tone.WAIT: "#6b7280",
    Tone.PERSON: "#7239ad",
    Tone.GOOD: "#1a7f37",
    Tone.BAD: "#b42318",
    Tone.UNKNOWN: "#8a5a00",
}
WORDS: Final = {
    Tone.WORK: "work",
    Tone.WAIT: "waits",
    Tone.PERSON: "people",
    Tone.GOOD: "done, good",
    Tone.BAD: "failed, bad",
    Tone.UNKNOWN: "unknown",
}

# The custom properties of functions/rules/reporting/style.py.
VARIABLES: Final = {
    INK: "--ink",
    MUTED: "--muted",
    GRID: "--line",
    FOLD: "--soft",
    **{FILLS[tone]: f"--{tone}-fill" for tone in Tone},
    **{LINES[tone]: f"--{tone}" for tone in Tone},
}

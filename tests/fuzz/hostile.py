"""Values as nobody means them: what a table, a venue, a log or a caller may hold, drawn from a `Random` that
Hypothesis gives, so that a failure is shrunk and told by its draws."""

from __future__ import annotations

from copy import deepcopy
from decimal import Decimal
from random import Random
from typing import Any, Final

# A secret as somebody logs it, or writes it into a table. It has to be gone from whatever is told or kept.
SECRET: Final = "Zx81CanaryKq04SecretPw77"
LEAK: Final = f"apiSecret={SECRET}"

# Where a text stands that somebody else wrote. Times beyond the calendar or without a zone, digits that `int` takes
# and nobody means, numbers too long for `int`, control characters, marks of direction, markup, templates.
TEXTS: Final = (
    "",
    " ",
    "0",
    "-0",
    "-1",
    "1e999999",
    "NaN",
    "Infinity",
    "-Infinity",
    "9" * 5_000,
    "1_000",
    "²",
    "٣",
    "９９",
    "true",
    "None",
    "2026-01-31T03:00:00",
    "2026-01-31T03:00:00Z",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59",
    "2026-W05-6T03:00Z",
    "BTC/USDT:USDT",
    "ETH/USDT:USDT",
    "kill-switch",
    "../../etc/passwd",
    "\x00",
    "a\r\nInjected: header\r\n\r\n<b>",
    "\u202eevil\u2066",
    "\ufeff",
    "e\u0301" * 20,
    "\U0001f4a3" * 10,
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "{{7*7}}{% raw %}${jndi:ldap://x}%s%n",
    "'; DROP TABLE positions; --",
    '=HYPERLINK("http://x")',
    LEAK,
    f"a line with {LEAK} in it",
    "x" * 20_000,
)

# What DynamoDB keeps: 38 digits, exponents from -130 to 125.
NUMBERS: Final = (
    Decimal(0),
    Decimal("-0"),
    Decimal(1),
    Decimal(-1),
    Decimal("0.5"),
    Decimal("1E-130"),
    Decimal("9.9999999999999999999999999999999999999E+125"),
    Decimal("-9.9999999999999999999999999999999999999E+125"),
    Decimal(10) ** 37,
    Decimal(2**63),
    Decimal(4_102_444_800),
)

# What JSON holds besides: floats without a value, integers without an end.
WILD: Final = (
    float("nan"),
    float("inf"),
    float("-inf"),
    1e308,
    -1e308,
    5e-324,
    10**400,
    -(10**400),
    2**63,
    0,
    -1,
    1.5,
)


def text(rng: Random) -> str:
    if rng.randrange(4):
        return rng.choice(TEXTS)
    return "".join(
        chr(rng.choice((rng.randrange(32, 127), rng.randrange(0xD800)))) for _ in range(rng.randrange(8))
    )


def stored(rng: Random, depth: int = 2) -> Any:
    """A value of a table's item, as `attribute_values.unpacked` gives it."""
    kinds = 9 if depth else 6
    match rng.randrange(kinds):
        case 0 | 1:
            return text(rng)
        case 2:
            return rng.choice(NUMBERS)
        case 3:
            return rng.choice((True, False, None))
        case 4:
            return rng.choice(({"s1", LEAK}, {Decimal(1)}, b"\x00\xff"))
        case 5:
            return rng.choice(([], {}))
        case 6:
            return [stored(rng, depth - 1) for _ in range(rng.randrange(3))]
        case 7:
            return {text(rng) or "a": stored(rng, depth - 1) for _ in range(rng.randrange(3))}
        case _:
            return {f"k{n}": text(rng) for n in range(rng.randrange(4))}


def jsonlike(rng: Random, depth: int = 2) -> Any:
    """A value of a JSON text, as Python's parser gives it."""
    match rng.randrange(7 if depth else 5):
        case 0 | 1:
            return text(rng)
        case 2:
            return rng.choice(WILD)
        case 3:
            return rng.choice((True, False, None))
        case 4:
            return rng.choice(([], {}, [[]], {"a": None}))
        case 5:
            return [jsonlike(rng, depth - 1) for _ in range(rng.randrange(3))]
        case _:
            return {text(rng): jsonlike(rng, depth - 1) for _ in range(rng.randrange(3))}


def mutated(rng: Random, value: Any, junk: Any = jsonlike, *, times: int = 3) -> Any:
    """A copy with one to `times` places deleted, replaced by junk, doubled, or put in another place's stead."""
    changed = deepcopy(value)
    for _ in range(1 + rng.randrange(times)):
        places = list(_places(changed))
        if not places:
            return junk(rng)
        holder, key = rng.choice(places)
        match rng.randrange(6):
            case 0:
                del holder[key]
            case 1 if isinstance(holder, list):
                holder.insert(key, deepcopy(holder[key]))
            case 2:
                other, its = rng.choice(places)
                holder[key] = deepcopy(other[its])
            case _:
                holder[key] = junk(rng)
    return changed


def _places(value: Any) -> Any:
    """Every place inside: the list or dict that holds it, and its key there."""
    keys = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in list(keys):
        yield value, key
        yield from _places(value[key])

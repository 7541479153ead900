"""What the log service is asked for: one regular expression a cause, and one for orders that went well.

A net catches every line that `signs.causes_of_line` may lay at its cause, and little else; each line that it brings
is judged by that. Valid in Python's `re` and in Logs Insights alike (functions/rules/log_patterns.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from re import Pattern as Regex
from re import compile as compiled
from typing import Final

from functions.rules.orders.causes import Cause
from functions.rules.orders.codes import BINANCE, BYBIT, KRAKEN, OKX, codes_of
from functions.rules.orders.phrases import CLASSES, PHRASES

# What stands in front of a venue's code, in JSON (escaped, too), in a library's text, in a log's key and value.
BEFORE_CODE: Final = (
    r"(code|error|err|exception|rejected|failed|refused|denied|status|reason|msg|fehler|binance|bybit|okx|\()"
)
_STATUS: Final = r"(http|status|code|error|response|returned|got|server)"
_AFTER_STATUS: Final = r"([^0-9.%a-z]|$|\.( |$))"
_STATUSES: Final = {Cause.RATE_LIMITED: "429|418", Cause.MAINTENANCE: "503", Cause.PERMISSION: "401"}
_STATUS_WORDS: Final = {
    Cause.RATE_LIMITED: r"\b(429|418)[^0-9a-z.%]{1,3}(too many|i.m a teapot|error)",
    Cause.MAINTENANCE: r"\b503[^0-9a-z.%]{1,3}(service|error|temporarily)",
    Cause.PERMISSION: r"\b401[^0-9a-z.%]{1,3}unauthori",
}


# What a line of a failure holds something of, as plain fragments. Read through first: an engine passes over every
# other line of a busy hour quickly. Lines in other letters have a net of their own.
FRAGMENTS: Final = (
    "rror,RROR,ERR,WARN,CRIT,FATAL,fail,Fail,FAIL,ject,JECT,efus,enied,ENIED,xcept,XCEPT,raceback,nsuf,NSUF,"
    "nval,NVAL,"
    'Code,CODE,ode",ode=,ode ,ode:,DDoS,imitE,imit e,ate limit,ate-limit,ate_limit,ateLimit,ratelimit,'
    "eight used,banned,"
    "hrottl,ainten,anteni,MAINT,hutting,navail,NotAvail,pgrad,ffline,alted,uspend,rozen,FROZEN,isabled,"
    "estrict,nactive,"
    "BadS,arketC,NotEnab,elist,xpire,utside,out of,kew,PRICE_,PERCENT_,rice band,ollar,xceed,annot,imeout,"
    "imed out,"
    "oo many,oo Many,oo freq,oo low,oo high,oo far,ay not,ould not,n't ,t be higher,t be lower,not enough,"
    "does not,"
    "ot found,ot trad,ot list,ot fill,ot author,ot accept,s closed,nadequate,nknown,ettling,ermission,nauthor,"
    "hitelist,"
    "ismatch,imestamp for,imestamp is,ecvWindow,ecv_window,nonce,Nonce,ehler,FEHLER,bgelehnt,artung,gewartet,"
    "nzureich,"
    "reicht nicht,nicht aus,zu niedrig,zu gering,zu viele,echaz,emasiad,unfilled,apiLimit,outsidePrice,"
    "wouldCause,"
    "marketSus,marketUna,marketIn,accountIn,contractNot,emoteDisc,=429,=503,:429, 429, 418, 503, 401"
)


def _quick(pieces: Iterable[str]) -> str:
    """Any of them, told apart by their first letter; and text in escapes."""
    by_first: dict[str, list[str]] = {}
    for piece in pieces:
        by_first.setdefault(piece[0], []).append(piece[1:])
    branches = [f"{first}({'|'.join(rest)})" for first, rest in by_first.items()]
    return f"({'|'.join(branches)}|\\\\u[0-9a-f])"


TROUBLE: Final = _quick(FRAGMENTS.split(","))


@dataclass(frozen=True, slots=True)
class Net:
    """`filters`: the texts between the slashes of a query,"
    " all of which a line must match; the cheap one first."""

    name: str
    filters: tuple[str, ...]

    def catches(self, line: str) -> bool:
        return all(_compiled(regex).search(line) is not None for regex in self.filters)


@lru_cache(maxsize=64)
def _compiled(regex: str) -> Regex[str]:
    return compiled(regex)


def _of(cause: Cause) -> Net:
    numbers = [*codes_of(cause, BINANCE), *codes_of(cause, BYBIT), *codes_of(cause, OKX)]
    pieces = [rf"{BEFORE_CODE}[^0-9]{{0,24}}({'|'.join(numbers)})([^0-9.]|$|\.( |$))"]
    words = [one for one in codes_of(cause, KRAKEN) if one != "unavailable"]
    if words:
        pieces.append(rf"\b({'|'.join(words)})\b")
    if cause is Cause.MAINTENANCE:
        pieces.append(r"(error|status|result)[^0-9a-z]{1,8}unavailable\b")
    if cause in CLASSES:
        pieces.append(rf"\b({'|'.join(CLASSES[cause])})\b")
    if cause in _STATUSES:
        pieces.append(rf"{_STATUS}[^0-9a-z.]{{1,8}}({_STATUSES[cause]}){_AFTER_STATUS}")
        pieces.append(_STATUS_WORDS[cause])
    pieces += PHRASES.get(cause, ())
    return Net(cause.value, (TROUBLE, f"(?i)({'|'.join(pieces)})"))


_FAILURE: Final = (
    r"error|fail|reject|refus|denied|exception|could not|cannot|unable|invalid|timed? ?out|not filled|unfilled"
    r"|fehler|fehlgeschlagen|abgelehnt|失败|失敗|拒绝|拒絕|错误|錯誤|エラー|拒否|rechaz|fallid|rejeitad|refus"
    r"|échou"
    r"|ошибк|отклон|не удалось|오류|실패|거부|insufficient|ExchangeError|InvalidOrder|BadRequest"
    r"|OperationRejected"
)
_ORDER: Final = (
    r"order|auftrag|订单|訂單|下单|委托|注文|orden|ordem|ordre|ордер|заявк|주문|ccxt|binance|bybit|okx|kraken"
    r"|fapi"
    r"|retcode|scode|exchange|entry|buy|sell"
)
# A venue's code or a library's word, without a word of an order.
_ALONE: Final = (
    r"(code|scode|retcode)[^0-9a-z]{1,8}(-[1245][0-9]{3}|1[01][0-9]{3,4}|5[014][0-9]{3})([^0-9]|$)"
    r"|requests\.exceptions|remotedisconnected|aiohttp\.client"
)
UNKNOWN: Final = Net(
    Cause.UNKNOWN.value,
    (TROUBLE, rf"(?i)(({_ORDER}).{{0,400}}({_FAILURE})|({_FAILURE}).{{0,400}}({_ORDER})|{_ALONE})"),
)
# In letters of other alphabets, or with accents: every failure of these, whatever its cause.
FOREIGN: Final = Net(
    "other_languages",
    (
        r"[^ -~\t\r\n]",
        f"(?i)({_FAILURE}|{'|'.join(one for many in PHRASES.values() for one in many if not one.isascii())})",
    ),
)
PLACED: Final = Net(
    "placed",
    (
        r"(rder|RDER|ntry|xit|laced)",
        r"(?i)(\border[_ ](placed|filled|accepted|executed|opened|created|submitted)\b"
        r"|\b(placed|filled|executed|submitted|opened) (\S+ ){0,4}order\b"
        r"|\border (\S+ ){0,6}(was |is |has been )?(placed|filled|accepted|executed)\b|\b(entry|exit) filled\b"
        r"|\bplaced and filled\b)",
    ),
)
BY_CAUSE: Final = {cause: UNKNOWN if cause is Cause.UNKNOWN else _of(cause) for cause in Cause}
NETS: Final = (*BY_CAUSE.values(), FOREIGN, PLACED)

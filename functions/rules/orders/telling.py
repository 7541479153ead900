"""Whether a line tells of a failure at all, or only uses the words of one."""

from __future__ import annotations

import re
from enum import Enum
from typing import Final

from functions.rules.orders.reading import QUIET


class Telling(Enum):
    """`FAILURE`: something failed. `SAID`: nothing says that it did, but the line is no quiet one, or holds what
    only a failure has. `NOTHING`: it tells of none, or of one that is over."""

    FAILURE = "failure"
    SAID = "said"
    NOTHING = "nothing"


# Words of failure that say that there was none: taken out before anything is judged.
_NONE: Final = re.compile(
    r"(?i)\b(0|no|zero|without( any)?|keine?|ohne|sin|нет|没有|0件の) ?(new |recent |further )?"
    r"(api |order |exchange )?(errors?|fail(ure|ed|s)?|reject(s|ed|ions?)?|exceptions?|fehler|errores|ошибок"
    r"|错误|エラー)\b"
    r"|\b(0|no|none|zero)( (out )?of( the)?( last)?( \d+)?)? ?(new |open |recent )?(orders?|entries|exits) "
    r"(was |were |has been |have been |is |are )?(reject|refus|fail|deni)ed\b"
    r"( (for|because|due to|with|by)\b[^,.;]{0,60})?"
    r"|\b\w*(errors?|fail(ed|ures?)?|reject(ed|s|ions?)?|exceptions?)(_?(count|rate"
    r"|total))?[\"']?\s*[:=]\s*[\"']?0(\.0+)?\b(?![.\d])"
    r"|\b(error|failure|reject(ion)?)[_ ](rate|budget|ratio|handler|handling|map|table|policy|callback)\b"
    r"|\b[\"']?(errors?|err|exceptions?|failures?|rejections?|reason)[\"']?\s*[:=]\s*[\"']?(null|none|false|\"\"|''|\{\}|\[\])"
    r"|\b\w+\.(error|failed|rejected|failure)s?\b(?!\.)|\bfail(over|safe|[- ]fast|back)\b|\bon_?error\b"
    r"|\berror-free\b"
)
# A trouble that is said not to be there.
_DENIED: Final = re.compile(
    r"(?i)\b(no|not|never|without|isn.t|wasn.t|aren.t|keine?n?|nicht|kein|ohne|sin|ning\S{1,2}n|нет|не|без|没有"
    r"|沒有|未|无)"
    r" ?((active|aktive[nr]?|any|being|been|currently|under|in|more|new|planned|scheduled|laufende) )*"
    r"(rate[ -]?limit\w*|ratenbegrenzung|anfragelimit|maintenance|wartung\w*|mantenimiento|frozen|banned"
    r"|suspended"
    r"|gesperrt|eingefroren|throttl\w*|insufficient \w+|clock (skew|drift)|delisted|限流|维护|維護|冻结"
    r"|メンテナンス)"
)
# What is over, or only spoken of.
_OVER: Final = re.compile(
    r"(?i)\b(recovered|recovery (from|complete)|resolved|cleared|lifted|back (to normal|online|up)|reconnected"
    r"|no longer|is over|has ended|ended at|finished|succeeded (after|on)|success(ful)? after|retry succeeded"
    r"|restored|healthy again|works again|unfrozen|reactivated|behoben|beendet|wieder (verf|erreichbar|online)"
    r"|已恢复|恢复正常|已解除|已结束|復旧|解除されました|終了しました|восстановлен|завершен[оы]?\b|снят[аоы]?\b"
    r"|recuperad|resuelt)"
)
_SPOKEN_OF: Final = re.compile(
    r"(?i)\b(unit ?test|test case|self[- ]?test|dry[- ]?run|simulat|mock(ed)?|example|documentation|docs?:"
    r"|changelog"
    r"|would be|if (the|an|it)|in case of|handler|mapp(ed|ing)|loaded|registered|configured|policy|strategy for"
    r"|upcoming|announce[ds]?|will be|scheduled for|planned for|reminder|backtest|feature flag"
    r"|config(uration)?[: ]"
    r"|supports?|retry[- ]policy|threshold|below the limit|within (the )?limits?|headroom|remaining)\b"
)
_FAILED: Final = re.compile(
    r"(?i)(\berrors?\b|\bfail(ed|ure|ures|s|ing)?\b|\breject(ed|s|ion)?\b|\brefus|\bdenied\b|exception|traceback"
    r"|could ?n[o']t|can ?not\b|can't|\bunable\b|not accepted|not placed|not filled|unfilled|unsuccessful|aborted"
    r"|\bskipp(ed|ing)\b|giving up|gave up|\bretry(ing)?\b|backing off|\bbackoff\b|waiting|\bpaus(ed|ing)\b"
    r"|timed? ?out"
    r"|\bbanned\b|fehler|fehlgeschlagen|abgelehnt|gescheitert|konnte nicht|nicht (m\S{1,2}glich|ausgef|platziert)"
    r"|失败|失敗|拒绝|拒絕|错误|錯誤|异常|無法|无法|エラー|拒否|できません|できない|されませんでした|rechaz"
    r"|fallid|fall[oó]\b|no se pudo"
    r"|rejeitad|falhou|n\S{1,2}o foi poss|\S{1,2}chou|refus\S{1,2}|ошибк|отклон|не удалось|не выполнен|отказ"
    r"|오류|실패|거부|할 수 없)"
)
_STRONG: Final = re.compile(
    r"\b(InsufficientFunds|RateLimitExceeded|DDoSProtection|OnMaintenance|ExchangeNotAvailable|BadSymbol"
    r"|InvalidOrder"
    r"|AccountSuspended|AuthenticationError|PermissionDenied|AccountNotEnabled|InvalidNonce|ExchangeError"
    r"|BadRequest"
    r"|OperationRejected|OperationFailed|RequestTimeout|NetworkError|MarketClosed|ContractUnavailable"
    r"|OrderNotFillable"
    r"|OrderImmediatelyFillable|DuplicateOrderId)\b"
    r"|(?i:[\"'](s?code|retcode)[\"']\s*:\s*[\"']?(-\d{4}|[15]\d{4,5})\b)|(?i:ErrCode: \d{5,6})|APIError\(code="
)

_LOUD: Final = frozenset({"warn", "warning"})
_WORST: Final = frozenset({"error", "critical", "fatal", "severe"})


# Those who tell people of orders refuse messages, and not orders.
_MESSENGER: Final = re.compile(
    r"(?i)\b(telegram\w*|slack\w*|discord\w*|pagerduty|opsgenie|twilio|pushover|webhook|smtp|e-?mail)\b"
    r"|flood control"
)


def of_a_message(text: str) -> bool:
    """It tells of somebody who carries messages."""
    return _MESSENGER.search(text) is not None


def affirmed(text: str) -> str:
    """Without what is said not to be."""
    return _DENIED.sub(" ", _NONE.sub(" ", text))


def telling(text: str, level: str | None) -> Telling:
    """`level`: the line's own, in lower case; None: it says none."""
    left = affirmed(text)
    if level in _WORST:
        return Telling.FAILURE
    if _OVER.search(left) or (level in QUIET and _SPOKEN_OF.search(left)):
        return Telling.NOTHING
    if _FAILED.search(left) or level in _LOUD:
        return Telling.FAILURE
    if level in QUIET and not _STRONG.search(left):
        return Telling.NOTHING
    return Telling.SAID

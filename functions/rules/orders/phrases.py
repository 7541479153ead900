"""Words by which venues, libraries and bots say why an order failed, in the languages in which they say it.

A phrase counts only in a line that tells of a failure (functions/rules/orders/telling.py), and only where no code
that is known stands there: codes matter more than words. Each is a regular expression valid in Python's `re` and in
Logs Insights alike (functions/rules/log_patterns.py says what that leaves out), without flags and slashes; all are
matched case-insensitively.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from functions.rules.orders.causes import Cause

# ccxt's classes of which each means one row (EXCHANGE.md, "Errors"). `InvalidOrder`, `BadRequest`,
# `OperationRejected` and `ExchangeError` mean nothing without a code.
CLASSES: Final[Mapping[Cause, tuple[str, ...]]] = {
    Cause.INSUFFICIENT_BALANCE: ("InsufficientFunds",),
    Cause.RATE_LIMITED: ("RateLimitExceeded", "DDoSProtection"),
    Cause.MAINTENANCE: ("OnMaintenance", "ExchangeNotAvailable"),
    Cause.INVALID_SYMBOL: ("BadSymbol", "MarketClosed", "ContractUnavailable"),
    Cause.ACCOUNT_FROZEN: ("AccountSuspended",),
    Cause.PERMISSION: ("AuthenticationError", "PermissionDenied", "AccountNotEnabled"),
    Cause.CLOCK_SKEW: ("InvalidNonce",),
}

PHRASES: Final[Mapping[Cause, tuple[str, ...]]] = {
    Cause.INSUFFICIENT_BALANCE: (
        r"(insufficient|not enough|inadequate|lacks?) (available |free |account |wallet |initial |usdt |usd "
        r"|quote )*"
        r"(balance|margin|funds?|collateral|equity)",
        r"(balance|margin|funds?|collateral|equity) (is |are |was )?(insufficient|too low|not enough"
        r"|not sufficient)",
        r"\bab not enough\b",
        r"cannot afford",
        r"insufficient_(balance|margin|funds)\b",
        r"available balance is (0|zero)\b",
        r"(guthaben|saldo|margin|sicherheit|deckung|kontostand) (ist |sind )?"
        r"(reicht nicht|nicht ausreichend|unzureichend|zu niedrig|zu gering)",
        r"(nicht gen\S{1,2}gend|unzureichende[sr]?|zu wenig) "
        r"(verf\S{1,2}gbare[sr]? )?(guthaben|saldo|margin|sicherheit|deckung)",
        r"(余额|餘額|保证金|保證金|资金|資金|可用余额).{0,6}(不足|不够|不夠)",
        r"(残高|証拠金|資金|余力).{0,4}(不足|足りま|足りな)",
        r"(saldo|margen|fondos|balance|garant\S{1,2}a)( disponible)? (es |son |est\S{1,2} )?insuficiente",
        r"insuficiente (saldo|margen|fondos)",
        r"(saldo|margem|fundos)( dispon\S{1,3}vel)? (\S{1,2} )?insuficiente",
        r"(solde|marge|fonds)( disponible)? (est |sont )?insuffisant",
        r"недостаточно (свободн\S+ )?(средств|маржи|баланса|обеспечения)",
        r"недостаточн\S+ (маржа|баланс|средств)",
        r"(잔액|증거금|잔고).{0,4}(부족|모자)",
    ),
    Cause.INVALID_PRICE: (
        r"price_filter|percent_price",
        r"price .{0,40}(out of|outside)( of)? .{0,20}(range|limit|band|bounds?|collar)",
        r"(limit )?price can.t be (higher|lower) than",
        r"price (is |was )?(too (far|high|low)|(higher|lower|greater|less) than (the )?(max|min|allowed"
        r"|permitted))",
        r"price (is )?not increased by tick size",
        r"exceeds? (the )?(price (limit|band|range|collar)|max(imum)? (buy )?price|min(imum)? (sell )?price)",
        r"(highest|max(imum)?) (buy|bid) (limit|price)|(lowest|min(imum)?) (sell|ask) (limit|price)",
        r"price band|price collar|invalid (limit )?price|price\S{0,4} (is )?invalid",
        r"invalid_price\b",
        r"ung\S{1,2}ltiger (limit)?preis|preis .{0,30}(au\S{1,2}erhalb|ung\S{1,2}ltig|zu weit|abweich)",
        r"(价格|價格|委托价|委託價|限价).{0,12}(超出|无效|無效|不在|偏离|偏離|高于|低于|超过|超過)",
        r"(価格|指値).{0,12}(範囲外|無効|制限|乖離|超え)",
        r"precio .{0,30}(fuera|inv\S{1,2}lido|supera|excede)|pre\S{1,2}o .{0,30}(fora|inv\S{1,2}lido|excede)",
        r"prix .{0,30}(hors|invalide|d\S{1,2}passe)",
        r"цена .{0,40}(вне|выходит|недопустим|превыш|неверн|за предел)",
        r"가격.{0,12}(범위|벗어|초과|유효하지)",
    ),
    Cause.RATE_LIMITED: (
        r"too many (requests|visits|new orders|orders|new requests)",
        r"(rate|request|api|ip|order|frequency)[ _-]?(rate )?[ _-]?limit[ _-]?(is |was |has been )?"
        r"(exceeded|reached|hit|ed\b|breached|violat|triggered)",
        r"exceeded .{0,20}rate limit|rate[ _-]?limited|ratelimited|throttled by|request weight used; ip banned",
        r"(ip|address) .{0,20}banned until|banned until \d|access too frequent|requests? too frequent"
        r"|too frequent requests?",
        r"too much request weight|way too (many|much)",
        r"zu viele (anfragen|auftr\S{1,2}ge|orders)|anfragelimit|ratenlimit|ratenbegrenzung",
        r"(请求|請求|访问|訪問|操作|下单).{0,6}(过于频繁|過於頻繁|太频繁|太多|过多|過多|超限|频率)",
        r"(リクエスト|アクセス|注文).{0,6}(多すぎ|頻度|制限を超|過多|上限)|レート制限",
        r"demasiadas (solicitudes|peticiones|\S{1,2}rdenes)|l\S{1,2}mite de (solicitudes|peticiones|tasa)",
        r"(muitas|excesso de) (solicita\S+|requisi\S+)|trop de requ\S{1,2}tes",
        r"слишком много (запросов|заявок|ордеров)|превышен\S* лимит\S* (запрос|заяв|ордер|частот)",
        r"요청.{0,8}(많|초과|제한)",
        r"eapi:rate limit|eorder:rate limit",
    ),
    Cause.MAINTENANCE: (
        r"(under|in|for|during|undergoing|scheduled|planned|system|exchange|server|engine|platform"
        r"|ongoing) maintenance",
        r"maintenance (mode|window|in progress|is in progress|ongoing|until)",
        r"system (is )?(under )?(upgrad|being upgraded|maintenance)|(matching engine|system) .{0,12}upgrad",
        r"service[ _-]shutting[ _-]?down|eservice:(unavailable|busy)|this service is no longer available",
        r"(exchange|trading|service) (is )?(temporarily )?(offline|suspended|halted|unavailable)",
        r"\b(in |wegen |laufende )?wartung(sarbeiten|smodus|sfenster)?\b|wird gewartet",
        r"(系统|系統|交易所|服务器|伺服器|撮合).{0,6}(维护|維護|升级|升級|停机|停機)|维护中|維護中|正在维护"
        r"|正在維護",
        r"(システム|サーバ|取引所).{0,6}(メンテナンス|保守)|メンテナンス中",
        r"(en|por|bajo) mantenimiento|mantenimiento (del|programado)|(em|sob) manuten\S+|en maintenance"
        r"|de maintenance",
        r"техническ\S+ (обслуживан|работ)|на обслуживании|профилактик",
        r"(점검|유지보수)( 중|중)",
    ),
    Cause.INVALID_SYMBOL: (
        r"(invalid|unknown|unsupported|bad|not supported) (trading )?(symbols?|pair|instrument|contract|market"
        r"|asset pair)\b",
        r"(symbol|pair|instrument|contract|market|instid) .{0,60}"
        r"(does ?n[o']t exist|does not exist|is not found|not found|is invalid|not listed|no longer listed"
        r"|is closed|is delisted|delisted|been delisted|is not trading|not in trading|has expired|is expired"
        r"|not available for trad|is suspended|settled|settling|delivering)",
        r"does not have market symbol",
        r"(symbol|pair|instrument)[ _](not[ _]found|invalid|closed|delisted|suspended|unknown)",
        r"invalid_symbol\b",
        r"symbol status .{0,30}(opening|not)",
        r"equery:unknown asset pair",
        r"(symbol|handelspaar|kontrakt|instrument) .{0,40}"
        r"(existiert nicht|ung\S{1,2}ltig|nicht gefunden|unbekannt|delistet|nicht mehr (gehandelt|gelistet))",
        r"(unbekanntes|ung\S{1,2}ltiges) (symbol|handelspaar|instrument)",
        r"(交易对|交易對|合约|合約|币对|幣對|产品|產品).{0,10}(不存在|无效|無效|已下架|下架|未上线|暂停|暫停"
        r"|已下线)",
        r"(シンボル|銘柄|取引ペア|通貨ペア).{0,10}(存在しま|無効|見つかり|上場廃止|取引停止)",
        r"(s\S{1,2}mbolo|par|contrato|instrumento) .{0,30}(no existe|inv\S{1,2}lido|no encontrado"
        r"|n\S{1,2}o existe)",
        r"(символ|инструмент|пара|контракт) .{0,30}(не существует|не найден|недействител|неверн|делистинг"
        r"|исключен)",
        r"неизвестн\S+ (символ|инструмент|пара)",
        r"(심볼|종목|거래쌍).{0,10}(존재하지|유효하지|없|상장폐지)",
    ),
    Cause.ACCOUNT_FROZEN: (
        r"account .{0,20}(frozen|suspended|locked|disabled|blocked|restricted|banned|inactive|liquidat)",
        r"(this )?action is disabled on this account",
        r"(trading|api trading) (is |has been )?(banned|disabled|locked|restricted|frozen)",
        r"trading[ _-]ban(ned)?\b|may not place or cancel orders|user (has been|is) banned",
        r"only (place )?reduce[- ]?only orders? (is |are )?allowed|(forbidden|due to).{0,12}cooling-off",
        r"account_frozen\b",
        r"konto .{0,20}(gesperrt|eingefroren|deaktiviert|blockiert)",
        r"(账户|帐户|賬戶|帳戶|账号|帳號|用户).{0,8}(冻结|凍結|封禁|被禁|受限|限制交易|锁定|鎖定)",
        r"(アカウント|口座).{0,8}(凍結|停止|ロック|制限)",
        r"cuenta .{0,20}(congelada|suspendida|bloqueada|restringida)|conta .{0,20}(congelada|suspensa|bloqueada)",
        r"compte .{0,20}(gel\S{1,2}|suspendu|bloqu\S{1,2})",
        r"(аккаунт|счет|счёт|учетная запись) .{0,20}(заморожен|заблокирован|приостановлен|ограничен)",
        r"계정.{0,8}(동결|정지|잠금|제한)",
    ),
    Cause.PERMISSION: (
        r"(invalid|incorrect|wrong|unknown|expired) (api[- _]?key|apikey|key|signature|sign|passphrase"
        r"|api secret)",
        r"(api[- _]?key|apikey|signature|passphrase)[^.]{0,30}"
        r"(invalid|expired|incorrect|not valid|does not exist|does ?n[o']t exist|format invalid|is locked"
        r"|not match)",
        r"permissions? (denied|for action|missing|required|insufficient)|(no|lacks?|missing|insufficient) "
        r"(trade |trading |futures |order )?permissions?",
        r"(unmatched|not whitelisted|not in (the )?(white ?list|whitelist|ip list)).{0,10}(ip)?|ip (mismatch"
        r"|restrict)",
        r"ip .{0,40}(not (in|on|whitelisted)|isn.t (in|on)|whitelist|not allowed|not match)",
        r"unauthori[sz]ed|not authori[sz]ed|authentication failed|has no operation privilege"
        r"|error sign, please check",
        r"egeneral:permission denied|eapi:invalid (key|signature)",
        r"(keine|fehlende) (berechtigung|rechte|handelsberechtigung)"
        r"|ung\S{1,2}ltige[rs]? (api[- ]?schl\S{1,2}ssel|signatur)",
        r"api[- ]?schl\S{1,2}ssel .{0,30}(ung\S{1,2}ltig|abgelaufen|keine|nicht)",
        r"(权限不足|無權限|无权限|没有权限|沒有權限|密钥.{0,6}(无效|错误|过期)|签名.{0,4}(错误|无效)"
        r"|ip.{0,10}白名单)",
        r"(権限.{0,6}(ありま|不足|がな)|apiキー.{0,8}(無効|不正)|署名.{0,4}(無効|不正))",
        r"(sin|no tiene) permisos?|(sem|falta de) permiss|clave (de )?api .{0,10}inv\S{1,2}lida"
        r"|firma inv\S{1,2}lida",
        r"(нет|недостаточно) прав|неверн\S+ (api|ключ|подпись)|ключ\S* .{0,20}(недействител|неверн|истек)",
        r"권한.{0,6}(없|부족)|api ?키.{0,8}(유효|잘못)",
    ),
    Cause.CLOCK_SKEW: (
        r"timestamp for this request|timestamp .{0,40}(outside|ahead|expired|not within|too (old|early|new)"
        r"|invalid)",
        r"(outside|exceeds?|beyond|not within) .{0,20}recv_?window|recv_?window .{0,20}(expired|exceeded|error)",
        r"request (timestamp|time) (has )?expired|request expired|invalid[_ ]timestamp|check your timestamp",
        r"(invalid|bad) nonce|nonce .{0,20}(too (low|small|old)|below|invalid|duplicate)|eapi:invalid nonce",
        r"clock (skew|drift|is (ahead|behind|off|out of sync))|(clock|time) (is )?(not synchroni[sz]ed"
        r"|out of sync)",
        r"clock_skew\b",
        r"zeitstempel .{0,40}(ausserhalb|au\S{1,2}erhalb|ung\S{1,2}ltig|abgelaufen|abweich)|systemuhr"
        r"|uhrzeit weicht",
        r"(时间戳|時間戳|时间).{0,8}(超出|过期|過期|无效|不同步|偏差)|请求.{0,4}(已过期|过期)",
        r"(タイムスタンプ|時刻).{0,8}(範囲外|期限切|無効|ずれ)",
        r"marca de tiempo .{0,20}(fuera|inv\S{1,2}lida|expir)|reloj .{0,20}(desincroniz|adelant|atras)",
        r"(метка времени|временная метка|время запроса) .{0,30}(вне|истек|устарел|неверн)"
        r"|часы .{0,20}(не синхрон|спешат)",
        r"타임스탬프.{0,8}(초과|만료|유효|벗어)",
    ),
}

# Where one of these says it, a wider offset or a smaller stake is the wrong medicine.
OTHER_MEDICINE: Final = (
    r"lot[_ ]?size|min[_ ]notional|notional (value|must|is too|below|too)|notional.{0,20}(smaller|less|below"
    r"|least|minimum)",
    r"minimum (order )?(amount|size|quantity|value|notional)|(amount|quantity|qty|size) .{0,40}"
    r"(less|smaller|lower|greater|larger|below|precision|step|decimals?|multiple|exceeds?|too (small|large|low"
    r"|high))",
    r"precision (is|of|over)|price \* qty is zero|(invalid|illegal) (quantity|qty|amount|size)",
    r"reduce[-_ ]?only|reduceonly",
    r"duplicate|already exists?|immediately trigger|would trigger|stop price|trigger price",
    r"post[-_ ]?only|could not be executed as maker|(fok|ioc)\b.{0,30}(reject|not)",
    r"leverage|position (side|mode|limit)|max(imum)? (allowable )?position|open order limit|max_num_orders",
    r"最小(下单|数量|名义)|数量.{0,6}(精度|过小|太小)|最小注文",
)

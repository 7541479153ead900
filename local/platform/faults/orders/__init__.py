"""`orders.*`: troubles that last and make every bot's orders fail, until the one right remedy.

The bots that trade live place a small entry order every 15 platform seconds, and no faster than their
`order_cooldown_seconds`, while one of these is there (`POST /_local/platform {"order_flow": true}` lets them do so
without any). An entry is for `stake_amount` of one of their `symbols` in turn, at the mark and `limit_offset_bps`
beyond it or at the market (`order_type`); it is left again at once. What comes of it stands in the orders table, in
the service's log (`order_placed`, `order_failed`) and in `GET /_local/stats` under `flow`.

| name | what orders are told | what makes them pass |
|---|---|---|
| `orders.insufficient-balance` | -2019: the account's free margin is less than the stake needs | `stake_amount`
down to what the margin carries (half of it is enough), a position of that account closed, or funds added
(`POST /_local/exchange-control/funds`) |
| `orders.invalid-price` | -4024 (a buyer) or -4016 (a seller): the price moved away from the mark | a
`limit_offset_bps` of at least `--count` (default 8), or `order_type` market |
| `orders.rate-limited` | 429 with -1015 and Retry-After; whoever goes on is banned: 418 |
`order_cooldown_seconds` of at least 60 for every strategy; a redeploy or restart brings a longer ban |
| `orders.maintenance` | 503 with -1016, on every call of futures | its end: after `--count` platform minutes |
| `orders.symbol-delisted` | -4141 (`--count 1`: -4140, `--count 2`: -1121) | the symbol out of `symbols` |
| `orders.symbol-renamed` | -1121 of the old name | the new name in `symbols` in place of the old one |
| `orders.account-frozen` | -2010; `canTrade` is false, the account is locked | nothing of ours |
| `orders.no-permission` | -2015 on every signed call of futures | nothing of ours |
| `orders.clock-skew` | -1021 on every signed call: the venue's clock is 30 s ahead | nothing of ours |
| `orders.stuck-pending` | nothing: rows stay `pending` although the venue filled the order (`--count 1`), knows
nothing of it (2) or has it open (3); all three unless told | the rows say what is true, or the order is gone |

With two of them the venue tells each order one of the things that are wrong, in turn, so that both show as in a
night in which they come one after the other. `local fault clear` ends them all and the flow with them. No remedy
ends one, except that maintenance has an end and that pending rows are over when none is pending: what is put back
as it was fails again. A redeploy, a restart, and a change of a config field that cures none of them are counted
under `wrong_remedies` in `GET /_local/stats`.

`GET /_local/faults` tells of each whose orders fail (`strategies`) and, where there is such a thing, `symbol`,
`renamed_to`, `until`, `position_id` and `orders`. `POST /_local/platform {"plain_lines": true}` makes the lines of
the flow plain text instead of JSON; `POST /_local/log-lines {"count": 100000, "failures": {"-2019": 40}}` writes a
busy hour into the log at once, and `DELETE` of it takes that away.

Two things are simpler than on Binance: it counts what others send from the same address too, and its text tells a
banned address until when.
"""

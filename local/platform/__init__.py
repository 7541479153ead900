"""The stand-in TradAI platform: its tables, strategy service, detector, faults and exchange, for `local`.

It lives in the embedded AWS's process (`standin.create`), speaks to it as any client would, and answers below
`/_local/`: health, platform, faults, stats, mailbox, addresses (whom no mail reaches), exchange, exchange-control
(the venue from behind), exchange2 (the fallback), positions, database/health, network/health, strategies (many at
once), status-page.

- A copy of the service for each ECS task of it that runs, its stop time included. It beats every 30 platform
  seconds for every strategy with status `warmup` or `running`, whoever put it into the table.
- A stop is acknowledged in the item by `acknowledged_status` and `acknowledged_at`; so is what follows it.
- Its log holds one JSON object a line (`ts`, `level`, `strategy_id`, `event`, ...), and plain lines where a
  library or the kernel would speak. Events: `signal_processed`, `heartbeat_written`, `service_started`, ...
- Periods are scaled, ages are not: what has to look old is backdated by 5 minutes.
- Faults: `faults/`. Only the right remedy cures; a wrong one is counted (`stats`, `wrong_remedies`).
"""

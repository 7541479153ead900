"""The stand-in TradAI platform: its tables, strategy service, detector, faults and exchange, for `local`."""

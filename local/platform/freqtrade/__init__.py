"""A stand-in for the REST API of each strategy's freqtrade, shaped as freqtrade 2026.9 answers."""

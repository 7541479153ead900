"""The stand-in exchange. It speaks as much of Binance USD-M's REST API as is needed, and grows with it."""

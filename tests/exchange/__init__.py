"""The stand-in exchange, held to its word by the engine itself and by two clients that know nothing of it."""

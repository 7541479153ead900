"""Whether orders can be placed: how a harmless one looks, and what the answers prove."""

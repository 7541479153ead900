"""The order flow: bots that trade live place a small entry regularly and leave it again at once."""

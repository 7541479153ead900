"""What is really sent to each venue by the unmodified ccxt, and what its documented answers come to."""

"""The parts of the seed, by what they create."""

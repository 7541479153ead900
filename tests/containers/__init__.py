"""The second engine: the cases of tests/paths in a container, beside the embedded AWS, and how the two differ."""

"""A container image that speaks Step Functions Local's API by the embedded AWS, where none can be pulled."""

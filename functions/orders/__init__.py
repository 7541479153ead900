"""What the tasks of order-failures share."""

"""Cards of data sets and models: they only render."""

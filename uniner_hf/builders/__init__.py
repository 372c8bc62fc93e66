"""Builders of the `datasets` library, one per module: a builder's cache is named by its module."""

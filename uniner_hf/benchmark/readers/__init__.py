"""Readers of original files, one module for each file format."""

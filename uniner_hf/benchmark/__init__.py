"""The benchmark of the paper: its data sets, their formats, and one way to load them."""

from uniner_hf.benchmark.catalog import BenchmarkRow, BenchmarkSet, benchmark_sets
from uniner_hf.benchmark.loading import load_benchmark

__all__ = ["BenchmarkRow", "BenchmarkSet", "benchmark_sets", "load_benchmark"]

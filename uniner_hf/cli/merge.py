"""`uniner-hf merge`: trained adapters and their base model as one model."""

from __future__ import annotations

import argparse
from pathlib import Path

DTYPES = ("float32", "float16", "bfloat16")


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the sub-command to the parser."""
    parser = subparsers.add_parser(
        "merge",
        help="merge trained adapters into their base model",
        description="Merge adapters that uniner-hf train wrote (method lora or qlora) into their base model, which is "
        "loaded in float32, and write the whole as safetensors, with tokenizer, chat template and card.",
    )
    parser.add_argument("adapters", metavar="ADAPTERS", help="folder or Hub id of the adapters")
    parser.add_argument("--output", type=Path, required=True, metavar="DIR", help="a folder without a model")
    parser.add_argument("--dtype", choices=DTYPES, help="of the weights; default: that of the base model")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    import torch

    from uniner_hf.training.merging import merge_adapters

    dtype = getattr(torch, arguments.dtype) if arguments.dtype else None
    merge_adapters(arguments.adapters, arguments.output, dtype=dtype)
    return 0

"""`uniner-hf push`: a trained model or an exported data set on the Hub."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the sub-command to the parser."""
    parser = subparsers.add_parser(
        "push",
        help="upload a model or a data set to the Hub",
        description="Upload a folder with its card: a model that uniner-hf train wrote, without its checkpoints, "
        "or data that uniner-hf datasets export wrote (sets that may not be passed on are refused). The token is that "
        "of `hf auth login`. Prints the address of the repository.",
    )
    parser.add_argument("folder", type=Path, metavar="DIR", help="what to upload")
    parser.add_argument("repository", metavar="ORG/NAME", help="where to; it is made where it does not exist")
    parser.add_argument("--kind", choices=("model", "dataset"), required=True, help="of the repository")
    parser.add_argument("--private", action="store_true", help="make a new repository private")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    from uniner_hf.hub.publish import push_dataset, push_model

    push = {"model": push_model, "dataset": push_dataset}[arguments.kind]
    sys.stdout.write(push(arguments.folder, arguments.repository, private=arguments.private) + "\n")
    return 0

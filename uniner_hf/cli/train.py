"""`uniner-hf train`: carry out a training recipe."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from uniner_hf.cli.overrides import read_overrides


def add_parser(subparsers: Any) -> None:
    """Add the sub-command to the parser; the arguments that it does not know go to `overrides`."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "train",
        help="fine-tune a model on conversations about annotated passages",
        usage="uniner-hf train --config FILE.yaml [--plan] [--debug] [--KEY VALUE ...]",
        description="Fine-tune a model by a recipe. A run that was interrupted goes on from its last checkpoint.",
        epilog="--KEY VALUE puts a value, in YAML, in the place of the recipe's, such as --max_steps 100. The keys "
        "are those of the recipe and of transformers.TrainingArguments: see docs/training.md.",
        allow_abbrev=False,
    )
    parser.add_argument("--config", required=True, metavar="FILE.yaml", help="the recipe; see examples/")
    parser.add_argument("--plan", action="store_true", help="print what would be trained, as JSON, and exit")
    parser.set_defaults(run=_run, usage_error=parser.error)


def _run(arguments: argparse.Namespace) -> int:
    Path(arguments.config).open("rb").close()  # a missing file is found before anything heavy is loaded
    overrides = read_overrides(arguments)
    import torch

    from uniner_hf.training.plan import plan
    from uniner_hf.training.recipe import load_recipe
    from uniner_hf.training.run import train

    logging.basicConfig(format="%(message)s")
    logging.getLogger("uniner_hf").setLevel(logging.INFO)
    if arguments.plan and not torch.cuda.is_available():
        overrides.setdefault("use_cpu", True)  # what is only planned here may be trained on a GPU elsewhere
    recipe, args = load_recipe(arguments.config, overrides)
    if arguments.plan:
        sys.stdout.write(json.dumps(plan(recipe, args), indent=2, ensure_ascii=False) + "\n")
    else:
        try:
            with redirect_stdout(sys.stderr):  # where transformers prints what it logs
                train(recipe, args)
        except KeyboardInterrupt:
            raise KeyboardInterrupt(
                f"the same command goes on from the last checkpoint in {args.output_dir}"
            ) from None
    return 0

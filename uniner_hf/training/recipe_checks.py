"""What is wrong with a recipe, found before its model is loaded."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.compute

from uniner_hf.benchmark.split_names import read_split_name
from uniner_hf.builders.ner_benchmark import available_splits
from uniner_hf.training.documents import ROOM, no_room
from uniner_hf.training.lengths import TokenCounter
from uniner_hf.training.passage_sources import read_passage_options
from uniner_hf.training.questions import QuestionDrawer
from uniner_hf.training.set_options import read_options

if TYPE_CHECKING:
    import datasets
    from transformers import PretrainedConfig, PreTrainedTokenizerBase

    from uniner_hf.training.config import UniNERConfig
    from uniner_hf.training.recipe import RecipeArguments


def check_settings(recipe: RecipeArguments, args: UniNERConfig) -> None:
    """Raise an error where settings cannot train anything, or where files or folders are not what they should be.

    Raises:
        ValueError: a learning rate of 0 or less, a `max_length` without room for a question, or a name in two
            of `sets`, `passages` and `conversations`.
        FileNotFoundError: `data_dir`, or the files of a set in it, are not there.
        FileExistsError: a file stands where `output_dir` should be made.
    """
    if not args.learning_rate > 0.0:
        raise ValueError(f"Expected learning_rate above 0, found {args.learning_rate!r}; try 2e-5, or 2e-4 for lora.")
    if args.max_length is not None and args.max_length <= ROOM:
        raise ValueError(
            f"Expected max_length above the {ROOM} tokens that a question takes, found {args.max_length}; raise it."
        )
    own = {name: read_passage_options(name, given, recipe.type_groups) for name, given in recipe.passages.items()}
    idle = [name for name, options in recipe.sets.items() if options.get("foreign_types")]
    idle += [name for name, options in own.items() if options.foreign_types]
    if idle and not args.foreign_negatives_per_passage:
        raise ValueError(
            f"Expected foreign_negatives_per_passage above 0 with the foreign_types of {', '.join(idle)}, found 0; "
            "set it, or take foreign_types out."
        )
    _check_names(recipe)
    output = Path(str(args.output_dir))
    for path in (output, *output.parents):
        if path.is_file():
            raise FileExistsError(f"Expected output_dir to be a folder, found the file {path}; name another one.")
    _check_files(recipe)


def _check_names(recipe: RecipeArguments) -> None:
    named: dict[str, Mapping[str, Any]] = {
        "sets": recipe.sets,
        "passages": recipe.passages,
        "conversations": recipe.conversations,
    }
    for (one, names), (other, others) in combinations(named.items(), 2):
        if both := sorted(set(names) & set(others)):
            raise ValueError(f"Expected other names for {other} than for {one}, found {both} in both; rename them.")


def _check_files(recipe: RecipeArguments) -> None:
    if recipe.data_dir is None:
        return
    folder = Path(recipe.data_dir)
    if not folder.is_dir():
        raise FileNotFoundError(
            f"Expected the folder of the original files at {folder}, found none; name it with --data_dir, or leave "
            "data_dir out to download them."
        )
    options = {name: read_options(name, given, recipe.type_groups) for name, given in recipe.sets.items()}
    trained = [f"{name}/{split}" for name, of_set in options.items() for split in of_set.splits]
    for name in [*trained, *recipe.kept_out()]:
        row, split = read_split_name(name)
        if split not in available_splits(row.name, folder):
            raise FileNotFoundError(
                f"Expected the files of {name} in {folder}, as {row.files[split]}, found none; add them, or take the "
                "split out of the recipe."
            )


def check_positions(config: PretrainedConfig, args: UniNERConfig) -> None:
    """Raise ValueError where rows may be longer than the model has positions.

    Args:
        config: of the model.
        args: settings of the training.
    """
    positions = getattr(config, "max_position_embeddings", None)  # some architectures have no limit
    if positions is not None and (args.max_length is None or args.max_length > positions):
        raise ValueError(
            f"Expected max_length of at most {positions}, the positions of the model; found {args.max_length}."
        )


def check_negatives(rows: datasets.Dataset, set_names: Iterable[str], args: UniNERConfig) -> None:
    """Raise an error where negatives are asked for, but no passage of a set lacks a type that may be asked of it.

    A model that is never told that a type is absent answers every question with something.

    Args:
        rows: of a mixture, those of a set next to each other.
        set_names: whose passages are looked at; those of one's own sources count as well.
        args: settings of the training.

    Raises:
        ValueError: such a set.
    """
    near = args.negatives_ratio is not None or args.negatives_per_passage > 0
    far = args.foreign_negatives_per_passage > 0
    if args.negatives == "none" or not (near or far):
        return
    columns = rows.select_columns(["entities", "types", "foreign_types"])
    entities = pyarrow.compute.list_flatten(rows.data.column("entities"))
    mentioned = set(pyarrow.compute.struct_field(entities, "type").unique().to_pylist())
    names = [one.split("/")[0] for one in rows["id"][:]]
    for name in set_names:
        start, count = names.index(name), names.count(name)
        passages = (columns[index] for index in range(start, start + count))
        if not any(_may_be_absent(passage, mentioned, near=near, far=far) for passage in passages):
            raise ValueError(
                f"Expected a passage of {name} to lack a type that may be asked of it, found none in {count}: its "
                f"types are {', '.join(columns[start]['types'])}; keep its passages without entities (share_of_empty) "
                "or add some, give it foreign_types with foreign_negatives_per_passage, or set negatives to none."
            )


def _may_be_absent(passage: Mapping[str, Any], mentioned: Collection[str], *, near: bool, far: bool) -> bool:
    """Tell whether a negative can be drawn for a passage: a type that is never mentioned is none."""
    present = {one["type"] for one in passage["entities"]}
    candidates = {*(passage["types"] if near else ()), *(passage["foreign_types"] if far else ())}
    return any(one in mentioned for one in candidates - present)


def check_room(rows: datasets.Dataset, tokenizer: PreTrainedTokenizerBase, args: UniNERConfig) -> None:
    """Raise ValueError where no row leaves room for a question within `args.max_length` tokens."""
    if args.max_length is None:
        return
    counter, drawer = TokenCounter(tokenizer), QuestionDrawer(rows, args)
    if all(counter.openings([drawer.opening(row)])[0] + ROOM > args.max_length for row in rows):
        raise no_room(args.max_length, len(rows))

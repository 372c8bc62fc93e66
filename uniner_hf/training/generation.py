"""What a model finds by generation while it is trained, on each process its share of the passages."""

from __future__ import annotations

from dataclasses import astuple
from typing import TYPE_CHECKING, Any

import torch
from transformers import PreTrainedTokenizerBase
from transformers.integrations.deepspeed import is_deepspeed_zero3_enabled
from transformers.utils import logging

from uniner_hf.pipeline import UniversalNERPipeline
from uniner_hf.training.entity_counts import EntityCounts, count_entities, share_of

if TYPE_CHECKING:
    import datasets
    from accelerate import Accelerator

    from uniner_hf.training.config import UniNERConfig
    from uniner_hf.training.trainer import UniNERTrainer


def pipeline_in_memory(model: Any, tokenizer: PreTrainedTokenizerBase) -> UniversalNERPipeline:
    """Return the pipeline on a model, where that is.

    Args:
        model: a causal language model, with its adapters where it has any.
        tokenizer: of the model.
    """
    # A model that was placed by a device map stays there: a pipeline refuses to be told a device for it.
    device = None if getattr(model, "hf_device_map", None) is not None else model.device
    return UniversalNERPipeline(model=model, tokenizer=tokenizer, device=device)


def generated_counts(
    ner: UniversalNERPipeline,
    passages: datasets.Dataset,
    accelerator: Accelerator,
    *,
    args: UniNERConfig,
) -> EntityCounts:
    """Return what the processes find in the passages, all together.

    Args:
        ner: the pipeline on the model of this process.
        passages: rows of passages, the same on each process.
        accelerator: of the trainer.
        args: settings of the training: its template, how many windows a model reads at once, whether the main process
            shows a progress bar.
    """
    process, processes = accelerator.process_index, accelerator.num_processes
    share = len(share_of(passages["text"], process, processes))
    with logging.tqdm(
        total=share, desc="generation", leave=False, disable=args.disable_tqdm or not accelerator.is_main_process
    ) as bar:
        own = count_entities(
            ner,
            passages,
            batch_size=args.per_device_eval_batch_size,
            template=args.template,
            definitions=args.definitions,
            process=process,
            processes=processes,
            answered=bar.update,
        )
    # Numbers add up by themselves; nothing has to be pickled and sent around.
    numbers = torch.tensor(astuple(own), device=accelerator.device)
    return EntityCounts(*accelerator.reduce(numbers, reduction="sum").tolist())


def check_whole_model(trainer: UniNERTrainer) -> None:
    """Refuse to generate with a model whose weights are spread over processes: they would wait for each other.

    Raises:
        ValueError: FSDP, DeepSpeed ZeRO-3 or tensor parallelism.
    """
    if trainer.is_fsdp_enabled or is_deepspeed_zero3_enabled() or trainer.get_tp_size() > 1:
        raise ValueError(
            "Expected a model that each process holds whole, to evaluate by generation; found one spread over "
            "processes by FSDP, DeepSpeed ZeRO-3 or tensor parallelism; set eval_generation=False, and measure the "
            "checkpoints with uniner-hf evaluate."
        )

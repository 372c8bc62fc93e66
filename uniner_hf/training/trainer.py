"""The trainer: `trl.SFTTrainer` on conversations about passages, with the loss on answers only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import datasets
import torch
from peft import PeftModel
from torch import nn
from torch.utils.data import DataLoader, Sampler, SequentialSampler
from transformers import AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase, TrainerCallback
from transformers.trainer_utils import EvalLoopOutput
from trl import SFTTrainer

from uniner_hf.cards.model_card import KeptOut
from uniner_hf.decoding.adapted import without_adapters
from uniner_hf.decoding.published import as_trained
from uniner_hf.pipeline import UniversalNERPipeline
from uniner_hf.training.adapters import train_in_single_precision
from uniner_hf.training.batch_layout import question_collator
from uniner_hf.training.config import UniNERConfig
from uniner_hf.training.curves import CurvesCallback
from uniner_hf.training.dataset import ConversationDataset
from uniner_hf.training.generation import check_whole_model, generated_counts, pipeline_in_memory
from uniner_hf.training.generation_settings import generate_as_trained, served_chat_template
from uniner_hf.training.loss import answer_loss, head_is_one_linear_layer, list_marks
from uniner_hf.training.order import EpochSampler, PackedSampler
from uniner_hf.training.recipe_checks import check_positions
from uniner_hf.training.rows import check_columns, is_passages
from uniner_hf.training.run_card import write_run_card


class UniNERTrainer(SFTTrainer):
    """`trl.SFTTrainer` for UniversalNER: questions drawn anew each epoch, loss on the answers.

    Passages too long for `args.max_length` are left out and counted in the log; questions that do not fit behind their
    passage are asked in further conversations about it. The tokenizer gets the chat template
    of the package, and a padding token where it has none.

    An evaluation measures the loss and, on passages, what the model finds by generation, asked for every type of a row
    (`uniner_hf.training.entity_counts.asked_types`): `eval_precision`, `eval_recall`, `eval_f1`, and
    `eval_absent_answered`, the share of the types that a passage lacks which were answered all the same; from 0 to 1.

    Args:
        model: a causal language model, or its Hub id or folder.
        args: settings.
        train_dataset: rows of passages or of conversations (see `uniner_hf.training.rows`).
        processing_class: the model's tokenizer, default the one that is published with the model.
        **kwargs: as for `trl.SFTTrainer` (`peft_config`, `callbacks`, ...). `eval_dataset` takes rows as
            `train_dataset` does, or a dict of them: a set `probe` is measured as `eval_probe_f1`.

    Attributes:
        kept_out: texts of test files that are not in `train_dataset`, for the model's card; a recipe sets it.

    Raises:
        ValueError: columns or settings that do not fit the model, or evaluation by generation with a model of which
            no process holds the whole.

    Example:
        >>> trainer = UniNERTrainer(model, args, train_dataset, processing_class=tokenizer)  # doctest: +SKIP
        >>> trainer.train().training_loss  # doctest: +SKIP
        0.41
    """

    args: UniNERConfig
    kept_out: KeptOut | None = None
    _tag_names = ["trl", "sft", "uniner"]

    def __init__(
        self,
        model: PreTrainedModel | str,
        args: UniNERConfig,
        train_dataset: datasets.Dataset,
        *,
        processing_class: PreTrainedTokenizerBase | None = None,
        **kwargs: Any,
    ) -> None:
        check_columns(train_dataset)
        if processing_class is None:
            processing_class = AutoTokenizer.from_pretrained(model if isinstance(model, str) else model.name_or_path)
        processing_class = as_trained(processing_class)
        add_padding(processing_class)
        with _without_padding_free(args):
            super().__init__(model, args, None, train_dataset, processing_class=processing_class, **kwargs)
        causal_model = without_adapters(self.model)
        if isinstance(self.model, PeftModel) and getattr(causal_model, "is_quantized", False):
            train_in_single_precision(self.model)
        check_positions(causal_model.config, args)
        tokenizer: Any = self.processing_class
        tokenizer.chat_template = served_chat_template(tokenizer)
        generate_as_trained(causal_model, tokenizer)
        self._marks = list_marks(tokenizer)
        self.data_collator = question_collator(causal_model, args, tokenizer.pad_token_id)
        self._fused_head = self.data_collator.plain_mask and args.loss_vocabulary == "full"
        self._fused_head = self._fused_head and head_is_one_linear_layer(causal_model)
        self.add_callback(_NextEpoch(self))
        self.add_callback(CurvesCallback)
        for dataset in self.eval_dataset.values() if isinstance(self.eval_dataset, dict) else [self.eval_dataset]:
            if self._generates(dataset):
                check_whole_model(self)

    def _prepare_dataset(self, dataset: Any, processing_class: Any, args: Any, *_: Any) -> ConversationDataset:
        if isinstance(dataset, ConversationDataset):  # `evaluate` hands prepared sets over once more
            return dataset
        check_columns(dataset)
        return ConversationDataset(dataset, processing_class, args)

    def _get_train_sampler(self, train_dataset: Any = None) -> Sampler[Any]:
        dataset: Any = train_dataset or self.train_dataset
        if self.args.packing:
            self._sampler: EpochSampler | PackedSampler = PackedSampler(dataset, self.args)
        else:
            group = self.args.train_batch_size * self.args.gradient_accumulation_steps
            self._sampler = EpochSampler(dataset, self.args, group)
        return self._sampler

    def _get_eval_sampler(self, eval_dataset: Any) -> Sampler[Any] | None:
        # The stock one would make every example once to group them by length.
        return SequentialSampler(eval_dataset) if self.args.world_size <= 1 else None

    def compute_loss(
        self,
        model: nn.Module,
        inputs: dict[str, torch.Tensor],
        return_outputs: bool = False,
        num_items_in_batch: int | torch.Tensor | None = None,
    ) -> Any:
        """Return the loss on the answers.

        TRL's fused head serves conversations on models whose head is one linear layer. It knows neither other heads,
        nor masks of four dimensions, nor a row's own vocabulary: these go through the model's own logits, at the
        answers' positions only.
        """
        if self._fused_head:
            return super().compute_loss(  # type: ignore[no-untyped-call]
                model, inputs, return_outputs, num_items_in_batch
            )
        loss = answer_loss(
            model,
            inputs,
            passage_vocabulary=self.args.loss_vocabulary == "passage",
            marks=self._marks,
            num_items=num_items_in_batch,
        )
        if self.args.average_tokens_across_devices and num_items_in_batch is not None:
            loss = loss * self.accelerator.num_processes
        if not return_outputs:
            return loss
        with torch.no_grad():
            return loss, model(**{name: value for name, value in inputs.items() if name != "labels"})

    def evaluate(self, *args: Any, **kwargs: Any) -> dict[str, float]:
        """Return the metrics of an evaluation; see the class. The training goes on as if it had not been."""
        model: Any = self.model
        training = model.training
        # An evaluation draws the seed of its data loader, on the CPU; whatever else is random is switched off.
        with torch.random.fork_rng(devices=[]):
            metrics: dict[str, float] = super().evaluate(*args, **kwargs)
        model.train(training)
        return metrics

    def evaluation_loop(
        self,
        dataloader: DataLoader[Any],
        description: str,
        prediction_loss_only: bool | None = None,
        ignore_keys: list[str] | None = None,
        metric_key_prefix: str = "eval",
    ) -> EvalLoopOutput:
        """Return the loss on a data set and, where it holds passages, what the model finds in them by generation."""
        output = super().evaluation_loop(dataloader, description, prediction_loss_only, ignore_keys, metric_key_prefix)
        dataset: Any = dataloader.dataset
        if self._generates(dataset):
            check_whole_model(self)
            counts = generated_counts(self._pipeline, dataset.source, self.accelerator, args=self.args)
            metrics: Any = output.metrics
            metrics.update({f"{metric_key_prefix}_{name}": value for name, value in counts.metrics().items()})
        return output

    def _generates(self, dataset: Any) -> bool:
        """Tell whether an evaluation on a prepared data set, or none, generates."""
        return self.args.eval_generation and dataset is not None and is_passages(dataset.source)

    @cached_property
    def _pipeline(self) -> UniversalNERPipeline:
        return pipeline_in_memory(self.model, self.processing_class)  # type: ignore[arg-type]  # a tokenizer here

    def save_model(self, output_dir: str | None = None, _internal_call: bool = False) -> None:
        """Write model, or adapters, and tokenizer; arguments as for `transformers.Trainer.save_model`."""
        super().save_model(output_dir, _internal_call)
        if not _internal_call:  # adapters bring a card of PEFT's, which names the folder of the base model
            self.create_model_card()

    def create_model_card(  # type: ignore[override]  # TRL's, which has fewer arguments than that of transformers
        self, model_name: str | None = None, dataset_name: str | None = None, tags: str | list[str] | None = None
    ) -> None:
        """Write the card of the model to `args.output_dir`: what it was trained on, how, and how to use it.

        What it was trained on also goes to `training_data.json` there.

        Args:
            model_name: default the name of the Hub repository or of the folder.
            dataset_name: not used: the sets are known by the ids of their passages.
            tags: further tags of the Hub.
        """
        if self.is_world_process_zero():
            more = [tags] if isinstance(tags, str) else tags or []
            write_run_card(self, model_name, [*self._tag_names, *more])


def add_padding(tokenizer: PreTrainedTokenizerBase) -> None:
    """Give a tokenizer without a padding token its unknown or end token as one, so that no embedding is added.

    Llama checkpoints come without one. Padding is masked and never learnt, so any token serves.

    Raises:
        ValueError: the tokenizer has neither.
    """
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.unk_token or tokenizer.eos_token
    if tokenizer.pad_token is None:
        raise ValueError(
            "Expected a tokenizer with a padding, unknown or end token, found none of them in "
            f"{tokenizer.name_or_path!r}; set tokenizer.pad_token."
        )


class _NextEpoch(TrainerCallback):
    """Tells the sampler which epoch begins.

    What the libraries do for that purpose reaches it in some nestings of samplers and not in others.
    """

    def __init__(self, trainer: UniNERTrainer) -> None:
        self.trainer = trainer

    def on_epoch_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self.trainer._sampler.epoch = int(state.epoch or 0)


@contextmanager
def _without_padding_free(args: UniNERConfig) -> Iterator[None]:
    """Hide this setting from `SFTTrainer` while it is made: it enforces no `max_length` then, and says so."""
    padding_free, args.padding_free = args.padding_free, False
    try:
        yield
    finally:
        args.padding_free = padding_free

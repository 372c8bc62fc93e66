"""The trainer: `trl.SFTTrainer` on conversations about passages, with the loss on answers only."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import datasets
import torch
from peft import PeftModel
from torch import nn
from torch.utils.data import Sampler
from transformers import PreTrainedModel, PreTrainedTokenizerBase, TrainerCallback
from transformers.trainer_pt_utils import LengthGroupedSampler
from trl import SFTTrainer

from uniner_hf.cards.model_card import model_card
from uniner_hf.decoding.adapted import without_adapters
from uniner_hf.decoding.prompt_tokens import bidirectional_passage, letter_case_types
from uniner_hf.training.adapters import train_in_single_precision
from uniner_hf.training.collator import QuestionCollator
from uniner_hf.training.config import UniNERConfig
from uniner_hf.training.dataset import ConversationDataset
from uniner_hf.training.generation import generate_as_trained, served_chat_template
from uniner_hf.training.lineage import package_versions, training_settings, training_sources
from uniner_hf.training.loss import answer_loss, head_is_one_linear_layer, list_marks
from uniner_hf.training.rows import check_columns, without_long_passages


class UniNERTrainer(SFTTrainer):
    """`trl.SFTTrainer` for UniversalNER: questions drawn anew each epoch, loss on the answers.

    Passages too long for `args.max_length` are left out and counted in the log. The tokenizer gets the chat template
    of the package, and a padding token where it has none.

    Args:
        model: a causal language model, or its Hub id or folder.
        args: settings.
        train_dataset: rows of passages or of conversations (see `uniner_hf.training.rows`).
        processing_class: the model's tokenizer, default the one that is published with the model.
        **kwargs: as for `trl.SFTTrainer` (`eval_dataset`, `peft_config`, `callbacks`, ...).

    Raises:
        ValueError: columns or settings that do not fit the model.

    Example:
        >>> trainer = UniNERTrainer(model, args, train_dataset, processing_class=tokenizer)  # doctest: +SKIP
        >>> trainer.train().training_loss  # doctest: +SKIP
        0.41
    """

    args: UniNERConfig
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
        if processing_class is not None:
            add_padding(processing_class)
        check_columns(train_dataset)
        super().__init__(model, args, None, train_dataset, processing_class=processing_class, **kwargs)
        causal_model = without_adapters(self.model)
        if isinstance(self.model, PeftModel) and getattr(causal_model, "is_quantized", False):
            train_in_single_precision(self.model)
        _check_positions(causal_model, args)
        self._fused_head = args.question_attention == "conversation" and head_is_one_linear_layer(causal_model)
        tokenizer: Any = self.processing_class
        tokenizer.chat_template = served_chat_template(tokenizer)
        generate_as_trained(causal_model, tokenizer)
        self._marks = list_marks(tokenizer)
        self.data_collator = QuestionCollator(
            pad_token_id=tokenizer.pad_token_id,
            independent=args.question_attention == "independent",
            bidirectional=bidirectional_passage(causal_model.config),
            letter_case=letter_case_types(causal_model.config),
        )
        self.add_callback(_NextEpoch(self))

    def _prepare_dataset(self, dataset: Any, processing_class: Any, args: Any, *_: Any) -> ConversationDataset:
        if isinstance(dataset, ConversationDataset):  # `evaluate` hands prepared sets over once more
            return dataset
        check_columns(dataset)
        return ConversationDataset(
            without_long_passages(dataset, processing_class, args.max_length), processing_class, args
        )

    def _get_train_sampler(self, train_dataset: Any = None) -> Sampler[int] | None:
        dataset: Any = train_dataset or self.train_dataset
        if self.args.train_sampling_strategy != "group_by_length":
            sampler: Sampler[int] | None = super()._get_train_sampler(dataset)
            return sampler
        # The stock sampler would make every example once to learn its length.
        return _ShuffledLengthGroups(
            self.args.train_batch_size * self.args.gradient_accumulation_steps, lengths=dataset.lengths()
        )

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

    def save_model(self, output_dir: str | None = None, _internal_call: bool = False) -> None:
        """Write model, or adapters, and tokenizer; arguments as for `transformers.Trainer.save_model`."""
        super().save_model(output_dir, _internal_call)
        if not _internal_call:  # adapters bring a card of PEFT's, which names the folder of the base model
            self.create_model_card()

    def create_model_card(  # type: ignore[override]  # TRL's, which has fewer arguments than that of transformers
        self, model_name: str | None = None, dataset_name: str | None = None, tags: str | list[str] | None = None
    ) -> None:
        """Write the card of the model to `args.output_dir`: what it was trained on, how, and how to use it.

        Args:
            model_name: default the name of the Hub repository or of the folder.
            dataset_name: not used: the sets are known by the ids of their passages.
            tags: further tags of the Hub.
        """
        if not self.is_world_process_zero():
            return
        folder = Path(str(self.args.output_dir))
        config: Any = without_adapters(self.model).config
        dataset: Any = self.train_dataset
        base = config._name_or_path
        logged = [entry["train_loss"] for entry in self.state.log_history if "train_loss" in entry]
        card = model_card(
            model_name or (self.hub_model_id or folder.name).split("/")[-1],
            repository=self.hub_model_id or str(folder),
            base_model=base if base and not Path(base).exists() else None,
            sources=training_sources(dataset.source),
            settings=training_settings(self.args),
            versions=package_versions(),
            steps=self.state.global_step,
            loss=logged[-1] if logged else None,
            adapters=isinstance(self.model, PeftModel),
            tags=[*self._tag_names, *([tags] if isinstance(tags, str) else tags or [])],
        )
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "README.md").write_text(card, encoding="utf-8")


class _ShuffledLengthGroups(LengthGroupedSampler):
    """Batches of similar lengths in random order; the stock sampler orders each fifty of them from long to short."""

    def __iter__(self) -> Iterator[int]:
        indices = list(super().__iter__())  # type: ignore[no-untyped-call]
        batches = [indices[start : start + self.batch_size] for start in range(0, len(indices), self.batch_size)]
        order = torch.randperm(len(batches), generator=self.generator).tolist()
        return (index for batch in order for index in batches[batch])


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


def _check_positions(model: PreTrainedModel, args: UniNERConfig) -> None:
    """Refuse rows that the model has no positions for, or that it would read otherwise than at inference."""
    positions = getattr(model.config, "max_position_embeddings", None)  # some architectures have no limit
    if positions is not None and (args.max_length is None or args.max_length > positions):
        raise ValueError(
            f"Expected max_length of at most {positions}, the positions of the model; found {args.max_length}."
        )
    if bidirectional_passage(model.config) and args.question_attention != "independent":
        raise ValueError(
            "Expected question_attention='independent' for a model that reads the passage in both directions, found "
            f"{args.question_attention!r}."
        )


class _NextEpoch(TrainerCallback):
    """Tells the data set which epoch begins, since accelerate does not do so in every nesting of samplers."""

    def __init__(self, trainer: UniNERTrainer) -> None:
        self.trainer = trainer

    def on_epoch_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        dataset: Any = self.trainer.train_dataset
        dataset.set_epoch(int(state.epoch or 0))

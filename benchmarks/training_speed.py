"""Training speed and memory: this package's packed rows against plain TRL SFT of the same conversations.

    python benchmarks/training_speed.py --data-dir RAW [--shape 1b] [--method qlora] [--steps N] [--batch N]

Each trains a Llama of random weights on the conversations of a sample of Pile-NER (RAW/pile_ner_sample), in a process
of its own: plain `trl.SFTTrainer` with its rows padded to 1024 tokens, and `UniNERTrainer` with packing. Printed are
real tokens a second (padding does not count; the first step is not measured) and the peak of memory: what PyTorch
allocated on a GPU, where there is one, else the resident size of the process.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import datasets
import torch
from packing import BUNDLED, LENGTH, pile_sample
from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM, TrainerCallback
from trl import SFTConfig, SFTTrainer

from uniner_hf import UniNERConfig, UniNERTrainer
from uniner_hf.conversations import chat_template
from uniner_hf.training.adapters import four_bit_model, lora_config
from uniner_hf.training.dataset import ConversationDataset

SHAPES = {
    "tiny": {"hidden_size": 256, "num_hidden_layers": 4, "num_attention_heads": 4, "intermediate_size": 704},
    # TinyLlama-1.1B's: https://huggingface.co/TinyLlama/TinyLlama_v1.1
    "1b": {
        "hidden_size": 2048,
        "num_hidden_layers": 22,
        "num_attention_heads": 32,
        "num_key_value_heads": 4,
        "intermediate_size": 5632,
    },
}


def main() -> None:
    """Print the table, or in a sub-process the figures of one trainer."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--shape", choices=SHAPES, default="tiny")
    parser.add_argument("--method", choices=("full", "qlora"), default="full")
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--batch", type=int, default=2, help="rows of a step (default: 2)")
    parser.add_argument("--system", choices=("trl", "uniner"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    datasets.disable_progress_bars()
    if arguments.system:
        sys.stdout.write(json.dumps(measured(arguments)) + "\n")
        return
    print("| trainer | real tokens | seconds | real tokens a second | peak memory (MiB) |\n" + "|---" * 5 + "|")
    results = []
    for system, name in (("trl", f"trl.SFTTrainer, padded to {LENGTH}"), ("uniner", "UniNERTrainer, packed")):
        done = subprocess.run(
            [sys.executable, *sys.argv, "--system", system], stdout=subprocess.PIPE, text=True, check=True
        )
        one = json.loads(done.stdout.splitlines()[-1])
        results.append(one)
        rate = one["tokens"] / one["seconds"]
        print(
            f"| {name} | {one['tokens']:,} | {one['seconds']:.1f} | {rate:,.0f} | {one['memory']:,.0f} |", flush=True
        )
    plain, packed = results
    speed = packed["tokens"] / packed["seconds"] / (plain["tokens"] / plain["seconds"])
    print(f"\nreal tokens a second: {speed:.2f} x; memory: {packed['memory'] / plain['memory']:.2f} x")


def measured(arguments: argparse.Namespace) -> dict[str, float]:
    """Train, and return real tokens, seconds and memory."""
    tokenizer: Any = AutoTokenizer.from_pretrained(BUNDLED)
    with tempfile.TemporaryDirectory() as folder:
        model = make_model(arguments, len(tokenizer), Path(folder))
        adapters = lora_config(16, 32, 0.0, "all-linear") if arguments.method == "qlora" else None
        passages = pile_sample(arguments.data_dir)
        make = plain_trainer if arguments.system == "trl" else packed_trainer
        trainer = make(model, passages, tokenizer, folder, arguments, adapters)
        clock = Clock(trainer, tokenizer.pad_token_id)
        trainer.data_collator = clock.collate(trainer.data_collator)
        trainer.add_callback(clock)
        trainer.train()
    if torch.cuda.is_available():
        memory = torch.cuda.max_memory_allocated() / 2**20
    else:
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
    return {"tokens": sum(clock.tokens[1 : arguments.steps]), "seconds": clock.seconds, "memory": memory}


class Clock(TrainerCallback):
    """Counts the real tokens of each batch, and the seconds from the end of the first step to the end of the last."""

    def __init__(self, trainer: Any, pad_token_id: int) -> None:
        self.tokens: list[int] = []
        self.started = self.seconds = 0.0
        self.pad = pad_token_id

    def collate(self, collator: Any) -> Any:
        """Return a collator that counts."""

        def counted(examples: Any) -> Any:
            self.tokens.append(sum(len(example["input_ids"]) for example in examples))
            return collator(examples)

        return counted

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        now = time.perf_counter()
        self.started = self.started or now
        self.seconds = now - self.started


def make_model(arguments: argparse.Namespace, vocabulary: int, folder: Path) -> Any:
    """Return a Llama of random weights, packed in four bits for QLoRA."""
    torch.manual_seed(0)
    shape: Any = SHAPES[arguments.shape]
    model: Any = LlamaForCausalLM(LlamaConfig(vocab_size=vocabulary, **shape))
    if arguments.method == "full":
        return model
    model.save_pretrained(folder / "base")
    return four_bit_model(str(folder / "base"))


def settings(folder: str, arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the settings that both trainers share."""
    gpu = torch.cuda.is_available()
    return {
        "output_dir": folder,
        "max_length": LENGTH,
        "max_steps": arguments.steps,
        "per_device_train_batch_size": arguments.batch,
        "optim": "paged_adamw_8bit" if arguments.method == "qlora" else "adamw_torch",
        "bf16": gpu,
        "use_cpu": not gpu,
        "activation_checkpointing": gpu,
        "save_strategy": "no",
        "disable_tqdm": True,
        "logging_strategy": "no",
    }


def packed_trainer(model: Any, passages: Any, tokenizer: Any, folder: str, arguments: Any, adapters: Any) -> Any:
    """Return this package's trainer with packing."""
    args = UniNERConfig(**settings(folder, arguments), packing=True)
    return UniNERTrainer(model, args, passages, processing_class=tokenizer, peft_config=adapters)


def plain_trainer(model: Any, passages: Any, tokenizer: Any, folder: str, arguments: Any, adapters: Any) -> Any:
    """Return TRL's trainer on the same conversations, its rows padded to the full length."""
    source = ConversationDataset(
        passages, tokenizer, UniNERConfig(folder, use_cpu=True, bf16=False, max_length=LENGTH)
    )
    rows = [
        {"input_ids": one["input_ids"], "labels": one["labels"]}
        for one in (source[number] for number in range(arguments.steps * arguments.batch + arguments.batch))
    ]
    tokenizer.chat_template = chat_template()
    args = SFTConfig(**settings(folder, arguments), pad_to_multiple_of=LENGTH)
    dataset = datasets.Dataset.from_list(rows)
    return SFTTrainer(model, args, train_dataset=dataset, processing_class=tokenizer, peft_config=adapters)


if __name__ == "__main__":
    main()

"""What many entity types cost: the engines against one prompt for each type, and against batches of prompts.

    python benchmarks/decoding.py [--types 1,7,20,50] [--tokens 60,240] [--passages N] [--shape 512,8,8,8]
    python benchmarks/decoding.py --bundled

A is `generate` on one prompt at a time, as the original asks. B is `generate` on padded batches of 8, 16 and 32
prompts. Both write the same scripted answers as the engines. The cache is compared with one copy for each question.
With `--bundled` the bundled model reads real sentences, about 75 words at once, and writes what it finds; there the
reference is engine="reference". Times depend on the machine: ratios, tokens and operations are what to compare. vLLM
was not tried.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from time import perf_counter
from typing import Any

import torch
from scripted import TEMPLATE, Costs, Forced, copied_cache, least_flops, least_tokens, random_llama, scripted_passages
from torch.nn.utils.rnn import pad_sequence
from torch.utils.flop_counter import FlopCounterMode

from uniner_hf.decoding.answering import AskedPassage
from uniner_hf.decoding.engine import answer_passages

BATCHES = (8, 16, 32)
HEADER = ("types", "tokens", "way", "A / way", "best B / way", "passes", "tokens / least", "FLOPs / least")
HEADER += ("cache, MB", "cache / copies")


def main() -> None:
    """Print the table."""
    arguments = parse()
    torch.set_num_threads(arguments.threads)
    if arguments.bundled:
        bundled(arguments.repeat)
        return
    model = random_llama(*arguments.shape).to(arguments.device, torch.bfloat16 if arguments.device != "cpu" else None)
    print(f"{arguments.passages} passages, {arguments.threads} threads, {arguments.device}, shape {arguments.shape}\n")
    print(f"| {' | '.join(HEADER)} |\n{'|---' * len(HEADER)}|")
    for tokens in arguments.tokens:
        for types in arguments.types:
            passages = scripted_passages(arguments.passages, tokens, types, model.config.vocab_size)
            for line in compared(model, passages, arguments.repeat):
                print(f"| {types} | {tokens} | {line}", flush=True)


def compared(model: Any, passages: list[AskedPassage], repeat: int) -> Iterator[str]:
    """Yield the cells of each way."""
    ways: dict[str, Callable[[], object]] = {"A": lambda: generate(model, passages, 1)}
    ways |= {f"B {size}": lambda size=size: generate(model, passages, size) for size in BATCHES}
    ways |= {name: lambda name=name: engine(model, passages, name) for name in ("expanded", "packed")}
    seconds = {name: min(timed(way) for _ in range(1 if name == "A" else repeat)) for name, way in ways.items()}
    best = min(seconds[name] for name in ways if name.startswith("B"))
    for name, way in ways.items():
        costs, flops = counted(model, way)
        yield (
            f"{name} | {seconds['A'] / seconds[name]:.2f} | {best / seconds[name]:.2f} | {costs.passes} | "
            f"{costs.tokens / least_tokens(passages):.2f} | {flops / least_flops(model, passages):.2f} | "
            f"{costs.cache / 1e6:.0f} | {costs.cache / copied_cache(model, passages):.2f} |"
        )


def engine(model: Any, passages: list[AskedPassage], name: str) -> object:
    """Answer with an engine, all passages at once."""
    return answer_passages(model, passages, pad_token_id=0, max_new_tokens=256, engine=name)


@torch.inference_mode()
def generate(model: Any, passages: list[AskedPassage], size: int) -> None:
    """Answer with `generate`, a prompt for each type, in padded batches."""
    rules: list[Any] = [one.rules for one in passages]
    prompts = [(one.passage + question) for one in passages for question in one.questions]
    scripts = [script for one in rules for script in one.scripts]
    for start in range(0, len(prompts), size):
        some = [torch.tensor(prompt) for prompt in prompts[start : start + size]]
        ids = pad_sequence(some, batch_first=True, padding_side="left").to(model.device)
        forced = Forced(scripts[start : start + size], ids.shape[1])
        most = max(map(len, forced.scripts)) + 1
        mask = (ids != 0).long()
        model.generate(ids, attention_mask=mask, max_new_tokens=most, do_sample=False, logits_processor=[forced])


def counted(model: Any, way: Callable[[], object]) -> tuple[Costs, int]:
    """Return what a way costs, with attention that counts every product it makes."""
    costs, implementation = Costs(), model.config._attn_implementation
    handle = costs.watch(model)
    model.set_attn_implementation("eager")
    with FlopCounterMode(display=False) as counter:
        way()
    model.set_attn_implementation(implementation)
    handle.remove()
    return costs, counter.get_total_flops()


def timed(way: Callable[[], object]) -> float:
    """Return the seconds that a way takes."""
    start = perf_counter()
    way()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return perf_counter() - start


def bundled(repeat: int) -> None:
    """Print how the bundled model compares with one prompt for each type, and whether it finds the same."""
    from pipeline_speed import TYPES
    from transformers import pipeline

    import uniner_hf  # noqa: F401  (registers the task)

    ner: Any = pipeline("universal-ner", entity_types=TYPES)
    texts = list(real_texts(75))
    found = {name: ner(texts, engine=name, batch_size=len(texts)) for name in ("reference", "expanded", "packed")}
    seconds = {
        name: min(timed(lambda name=name: ner(texts, engine=name, batch_size=len(texts))) for _ in range(repeat))
        for name in found
    }
    print(f"{len(texts)} texts of about 75 words, {len(TYPES)} types, {torch.get_num_threads()} threads\n")
    print("| engine | reference / engine | entities | as reference |\n|---|---|---|---|")
    spans_of = {
        name: [[(one["entity_group"], one["start"], one["end"]) for one in row] for row in entities]
        for name, entities in found.items()
    }
    for name, spans in spans_of.items():
        same = "yes" if spans == spans_of["reference"] else "NO"
        print(f"| {name} | {seconds['reference'] / seconds[name]:.2f} | {sum(map(len, spans))} | {same} |")


def real_texts(words: int) -> Iterator[str]:
    """Yield the sentences of the example page, joined to about that many words."""
    import sys
    from pathlib import Path

    sys.path.append(str(Path(__file__).parents[1] / "examples"))
    from ten_sentences import SENTENCES

    text = ""
    for _, sentence, _ in SENTENCES * 4:
        text = f"{text} {sentence}".strip()
        if len(text.split()) >= words:
            yield text
            text = ""


def parse() -> argparse.Namespace:
    """Read the command line."""

    def numbers(given: str) -> list[int]:
        return [int(number) for number in given.split(",")]

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--types", type=numbers, default=[1, 7, 20, 50])
    parser.add_argument("--tokens", type=numbers, default=[60, 240], help=f"of a passage, besides {TEMPLATE}")
    parser.add_argument("--passages", type=int, default=4)
    parser.add_argument("--shape", type=numbers, default=[512, 8, 8, 8], help="hidden, layers, heads, key heads")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cpu", help="an accelerator computes in bfloat16")
    parser.add_argument("--repeat", type=int, default=2, help="the fastest counts; A runs once")
    parser.add_argument("--bundled", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()

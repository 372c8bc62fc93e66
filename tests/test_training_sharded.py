"""The paper's recipe on a tiny model, its weights sharded over two processes by FSDP2, against one process."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from safetensors.torch import load_file
from tiny_models import SENTENCES, llama, llama_tokenizer

from uniner_hf.conversations import answer, passage_messages, question
from uniner_hf.training.recipe import load_recipe
from uniner_hf.training.run import train

ROOT = Path(__file__).parents[1]
# On CPUs accelerate shards nothing: the processes are told that they have GPUs.
PROGRAM = """
import json, sys
from accelerate import PartialState
from accelerate.utils import DistributedType
from torch.distributed.fsdp import FSDPModule
from uniner_hf.training.recipe import load_recipe
from uniner_hf.training.run import train

recipe, args = load_recipe(sys.argv[1], {"output_dir": sys.argv[2]})
args.device  # sets up the processes
PartialState._shared_state["distributed_type"] = DistributedType.MULTI_GPU
trainer = train(recipe, args)
assert isinstance(trainer.model_wrapped, FSDPModule)
assert all(type(one).__name__ == "DTensor" for one in trainer.model.parameters())
"""


@pytest.fixture
def recipe(tmp_path: Path, datasets_cache: Path) -> dict[str, Any]:
    """The paper's recipe with a tiny model and four conversations, in float32."""
    tokenizer = llama_tokenizer()
    llama(len(tokenizer)).save_pretrained(tmp_path / "base")
    tokenizer.save_pretrained(tmp_path / "base")
    rows = []
    for text, typed in list(SENTENCES.items())[:4]:
        messages = [{"role": one.role, "content": one.content} for one in passage_messages(text)]
        for kind, mentions in typed.items():
            messages.append({"role": "user", "content": question(kind)})
            messages.append({"role": "assistant", "content": answer(mentions)})
        rows.append({"messages": messages})
    (tmp_path / "rows.json").write_text(json.dumps(rows), encoding="utf-8")
    said = yaml.safe_load((ROOT / "examples" / "train_paper.yaml").read_text(encoding="utf-8"))
    said |= {"model": str(tmp_path / "base"), "output_dir": str(tmp_path / "one"), "max_length": 256, "use_cpu": True}
    said |= {"gradient_accumulation_steps": 1, "bf16": False, "learning_rate": 1e-3, "disable_tqdm": True}
    return {**said, "conversations": {"mine": {"source": str(tmp_path / "rows.json")}}}


def written(recipe: dict[str, Any], path: Path, batch_size: int) -> str:
    path.write_text(yaml.safe_dump({**recipe, "per_device_train_batch_size": batch_size}), encoding="utf-8")
    return str(path)


@pytest.mark.slow
def test_two_processes_with_shards_learn_what_one_learns(
    recipe: dict[str, Any], tmp_path: Path, datasets_cache: Path
) -> None:
    alone = train(*load_recipe(written(recipe, tmp_path / "one.yaml", 2)))
    assert alone.state.global_step == 6
    settings = yaml.safe_load((ROOT / "examples" / "accelerate_fsdp2.yaml").read_text(encoding="utf-8"))
    named = {key.upper(): str(value).lower() for key, value in settings["fsdp_config"].items()}
    named |= {key: settings["fsdp_config"][key.lower()] for key in ("FSDP_AUTO_WRAP_POLICY", "FSDP_STATE_DICT_TYPE")}
    # Loading on the first process alone needs GPUs to hand the weights on.
    named |= {"ACCELERATE_USE_FSDP": "true", "FSDP_CPU_RAM_EFFICIENT_LOADING": "false", "OMP_NUM_THREADS": "1"}
    named |= {"HF_DATASETS_CACHE": str(datasets_cache), "PYTHONPATH": str(ROOT)}
    (tmp_path / "program.py").write_text(PROGRAM, encoding="utf-8")
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"]
    command += [str(tmp_path / "program.py"), written(recipe, tmp_path / "two.yaml", 1), str(tmp_path / "two")]
    run = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **named}, timeout=600)
    assert run.returncode == 0, run.stderr[-3000:]
    base, one, two = (load_file(tmp_path / name / "model.safetensors") for name in ("base", "one", "two"))
    assert one.keys() == two.keys()
    moved = max(float((one[name] - base[name]).abs().max()) for name in one)
    apart = max(float((one[name] - two[name]).abs().max()) for name in one)
    assert moved > 1e-3 and apart < 1e-5
    assert all(tensor.dtype == torch.float32 for tensor in two.values())

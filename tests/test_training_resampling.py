"""Each epoch asks other questions: whatever makes the examples, and where a training that stopped goes on."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from recording_trainer import recording_trainer

LAYOUTS = pytest.mark.parametrize(
    "layout",
    [{}, {"packing": True, "per_device_train_batch_size": 1}, {"train_sampling_strategy": "group_by_length"}],
    ids=["random", "packed", "grouped"],
)


def batches(folder: Path, resume: Path | None = None, **given: Any) -> list[list[list[int]]]:
    one = recording_trainer(folder, **given)
    one.train(resume_from_checkpoint=resume and str(resume))
    return one.batches


def epochs(rows: list[Any]) -> list[list[Any]]:
    third = len(rows) // 3
    return [rows[start : start + third] for start in range(0, len(rows), third)]


@LAYOUTS
def test_each_epoch_asks_other_questions_in_another_order(layout: dict[str, Any], tmp_path: Path) -> None:
    trained = epochs(batches(tmp_path, **layout))
    dataset = recording_trainer(tmp_path, **layout).train_dataset
    for number, epoch in enumerate(trained):
        made = [dataset[number * len(dataset) + index]["input_ids"] for index in range(len(dataset))]
        shown = [row for batch in epoch for row in batch]
        assert sorted(sum(shown, [])) == sorted(sum(made, [])), "the questions of this epoch and of no other"
        if "packing" not in layout:
            assert sorted(shown) == sorted(made)
    assert trained[0] != trained[1] != trained[2] != trained[0]
    assert {str(sorted(sum(epoch, []))) for epoch in trained}.__len__() == 3


@LAYOUTS
@pytest.mark.parametrize("persistent", [False, True])
@pytest.mark.slow
def test_workers_make_the_same_batches(layout: dict[str, Any], persistent: bool, tmp_path: Path) -> None:
    workers = {"dataloader_num_workers": 2, "dataloader_persistent_workers": persistent}
    assert batches(tmp_path, **layout, **workers) == batches(tmp_path, **layout)


@LAYOUTS
@pytest.mark.parametrize("step", [2, 7])
def test_a_training_that_stopped_goes_on_with_the_batches_that_were_to_come(
    layout: dict[str, Any], step: int, tmp_path: Path
) -> None:
    whole = batches(tmp_path / "whole", **layout, save_strategy="steps", save_steps=step)
    rest = batches(tmp_path / "rest", tmp_path / "whole" / f"checkpoint-{step}", **layout)
    assert rest == whole[step:]
    assert len(rest) % (len(whole) // 3), "it stopped within an epoch"


@pytest.mark.slow
def test_two_processes_share_the_batches_of_one(tmp_path: Path) -> None:
    tests = Path(__file__).parent
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(tests), str(tests.parent)]),
        "OMP_NUM_THREADS": "1",
    }
    # accelerate launch --cpu starts one process, whatever --num_processes says, unless it is given MPI.
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"]
    launch += [str(tests / "recording_trainer.py"), str(tmp_path)]
    done = subprocess.run(launch, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    shares = [json.loads((tmp_path / f"batches-{rank}.json").read_text(encoding="utf-8")) for rank in range(2)]
    alone = batches(tmp_path, per_device_train_batch_size=2)
    assert len(shares[0]) == len(shares[1]) == len(alone) // 2 == 9
    assert [batch for pair in zip(*shares, strict=True) for batch in pair] == alone

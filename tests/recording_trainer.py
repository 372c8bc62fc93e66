"""A trainer that remembers its batches; as a program, one process of a training that writes them to a file.

accelerate launch --num_processes 2 --cpu recording_trainer.py FOLDER
"""

import json
import sys
from pathlib import Path
from typing import Any

from tiny_models import llama, llama_tokenizer, passages, settings

from uniner_hf.training.trainer import UniNERTrainer


class RecordingTrainer(UniNERTrainer):
    """Remembers the rows of each batch, without their padding."""

    def compute_loss(self, model: Any, inputs: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        vars(self).setdefault("batches", []).append(
            [
                [token for token in row if token != self.data_collator.pad_token_id]
                for row in inputs["input_ids"].tolist()
            ]
        )
        return super().compute_loss(model, inputs, *args, **kwargs)


def recording_trainer(folder: Path, **given: Any) -> RecordingTrainer:
    """Return a trainer of three epochs over twelve passages, most of which are asked one drawn type."""
    tokenizer = llama_tokenizer()
    args = settings(folder, **{"num_train_epochs": 3, "negatives_per_passage": 1, "learning_rate": 0.0, **given})
    return RecordingTrainer(llama(len(tokenizer)), args, passages(2), processing_class=tokenizer)


if __name__ == "__main__":
    one = recording_trainer(Path(sys.argv[1]), dataloader_num_workers=1, per_device_train_batch_size=2)
    one.train()
    target = Path(sys.argv[1]) / f"batches-{one.args.process_index}.json"
    target.write_text(json.dumps(one.batches), encoding="utf-8")

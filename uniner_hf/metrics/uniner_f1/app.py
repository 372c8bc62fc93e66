"""The page of the metric's Space: paste predictions and references, read the scores."""

from pathlib import Path

import evaluate
from evaluate.utils import launch_gradio_widget

launch_gradio_widget(evaluate.load(str(Path(__file__).with_name("uniner_f1.py"))))

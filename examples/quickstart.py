"""Find entities of the types that you name: offline, on a CPU, with the bundled model."""

from transformers import pipeline

import uniner_hf  # noqa: F401  (registers the task)

ner = pipeline("universal-ner")
text = "Barack Obama was born in Honolulu and later worked in Chicago for Google."
for entity in ner(text, entity_types=["person", "location", "organization"]):
    print(entity)

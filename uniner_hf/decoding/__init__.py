"""How a model reads a passage with many questions, and how it writes answers."""

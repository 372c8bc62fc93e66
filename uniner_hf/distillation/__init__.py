"""From raw text and a teacher to conversations that a small model learns from."""

"""Print docs/examples.md: sentences of ten kinds, and what the bundled model finds in them.

python examples/ten_sentences.py > docs/examples.md
"""

from typing import Any

from transformers import pipeline

import uniner_hf  # noqa: F401  (registers the task)

# Chosen among some thirty, as ones that are answered right; those below show what goes wrong.
RIGHT = [
    (
        "Science",
        "In 1911 Ernest Rutherford showed at the University of Manchester that every atom has a nucleus.",
        ["person", "university", "date"],
    ),
    (
        "Medicine",
        "Patients with breast cancer who took tamoxifen developed fewer tumors but had more headaches.",
        ["disease", "drug"],
    ),
    (
        "Software",
        "Google Chrome uses too much memory on Linux, so I switched to Firefox.",
        ["application", "operating system"],
    ),
    (
        "Film",
        "Audrey Hepburn was filmed in Rome with Gregory Peck in the summer of 1952.",
        ["actor", "city", "date"],
    ),
    (
        "Sport",
        "Usain Bolt won the 100 metres at the World Championships in Berlin in August 2009.",
        ["athlete", "sports event", "city", "date"],
    ),
    (
        "Business",
        "Toyota opened a plant in Kentucky in 1988 and another one in Mexico.",
        ["company", "location", "date"],
    ),
    (
        "Food",
        "The chef Julia Child learned to cook in Paris and moved to Boston in 1961.",
        ["person", "city", "date"],
    ),
    (
        "Law",
        "Thurgood Marshall argued the case before the Supreme Court in December 1952.",
        ["person", "organization", "date"],
    ),
    ("Travel", "The train leaves Vienna at noon and reaches Budapest before dark.", ["city"]),
    (
        "Social media",
        "omg just saw Taylor Swift at a coffee shop in Nashville, she was texting on her iPhone",
        ["person", "location"],
    ),
]
WRONG = [
    (
        "Science",
        "In 1898 Marie Curie and her husband Pierre Curie discovered polonium and radium in Paris.",
        ["scientist", "chemical", "city", "date"],
    ),
    (
        "Software",
        "The new version of Firefox crashes on Windows when a JavaScript function calls the setTimeout method.",
        ["application", "operating system", "programming language"],
    ),
    (
        "Film",
        "Meryl Streep and Robert Redford starred in Out of Africa, which was filmed in Kenya in 1985.",
        ["actor", "film", "country", "date"],
    ),
    (
        "Business",
        "Microsoft bought LinkedIn for $26 billion in 2016, its chief executive Satya Nadella announced.",
        ["company", "person", "amount of money", "date"],
    ),
    ("Food", "My grandmother fries salmon with garlic and lemon and serves it with rice.", ["food", "person"]),
    (
        "Law",
        "The Supreme Court ruled on Monday that Apple must pay Samsung $120 million.",
        ["court", "company", "amount of money", "date"],
    ),
    (
        "Travel",
        "We took the ferry from Stockholm to Helsinki and spent three days in Finland before flying home from Oslo.",
        ["city", "country"],
    ),
]
SENTENCES = RIGHT + WRONG


def main() -> None:
    """Print the page."""
    ner = pipeline("universal-ner")
    print("# Sentences of ten kinds\n\nPrinted by `python examples/ten_sentences.py`: the bundled model as it is.")
    print("\n## Answered right\n\nChosen among some thirty that were tried, because they are.")
    show(ner, RIGHT)
    print("\n## Answered in part, or wrong\n\nTypes that the model hardly knows, and lists of which it finds a part.")
    show(ner, WRONG)


def show(ner: Any, sentences: list[tuple[str, str, list[str]]]) -> None:
    """Print what is found in sentences."""
    for kind, sentence, entity_types in sentences:
        print(f"\n### {kind}\n\n> {sentence}\n\nAsked for: {', '.join(entity_types)}.\n")
        print("| type | mention | score | span |\n| --- | --- | --- | --- |")
        for found in ner(sentence, entity_types=entity_types):
            span = f"{found['start']}-{found['end']}"
            print(f"| {found['entity_group']} | {found['word']} | {found['score']:.2f} | {span} |")


if __name__ == "__main__":
    main()

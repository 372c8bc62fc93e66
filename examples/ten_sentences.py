"""Print docs/examples.md: ten sentences of ten kinds, and what the bundled model finds in them.

python examples/ten_sentences.py > docs/examples.md
"""

from transformers import pipeline

import uniner_hf  # noqa: F401  (registers the task)

SENTENCES = [
    (
        "Science",
        "In 1898 Marie Curie and her husband Pierre Curie discovered polonium and radium in Paris.",
        ["scientist", "chemical", "city", "date"],
    ),
    (
        "Medicine",
        "Patients with breast cancer who took tamoxifen developed fewer tumors but had more headaches.",
        ["disease", "drug"],
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
        "Sport",
        "Usain Bolt won the 100 metres at the World Championships in Berlin in August 2009.",
        ["athlete", "sports event", "city", "date"],
    ),
    (
        "Business",
        "Microsoft bought LinkedIn for $26 billion in 2016, its chief executive Satya Nadella announced.",
        ["company", "person", "amount of money", "date"],
    ),
    (
        "Food",
        "My grandmother fries salmon with garlic and lemon and serves it with rice.",
        ["food", "person"],
    ),
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
    (
        "Social media",
        "omg just saw Taylor Swift at a coffee shop in Nashville, she was texting on her iPhone",
        ["person", "location", "product"],
    ),
]


def main() -> None:
    """Print the page."""
    ner = pipeline("universal-ner")
    print("# Ten sentences\n\nPrinted by `python examples/ten_sentences.py`: the bundled model, default options.")
    for kind, sentence, entity_types in SENTENCES:
        print(f"\n## {kind}\n\n> {sentence}\n\nAsked for: {', '.join(entity_types)}.\n")
        print("| type | mention | score | span |\n| --- | --- | --- | --- |")
        for found in ner(sentence, entity_types=entity_types):
            span = f"{found['start']}-{found['end']}"
            print(f"| {found['entity_group']} | {found['word']} | {found['score']:.2f} | {span} |")


if __name__ == "__main__":
    main()

"""Check what README.md's main job printed (stdin): true spans, and exactly the entities that there are."""

import json
import sys

EXPECTED = {
    ("person", "Barack Obama", 0, 12),
    ("location", "Honolulu", 25, 33),
    ("location", "Chicago", 54, 61),
    ("organization", "Google", 66, 72),
}


def main() -> None:
    """Compare the one JSON line of the output with the expected entities."""
    results = [json.loads(line) for line in sys.stdin if line.startswith("{")]
    if len(results) != 1:
        sys.exit(f"the main job: expected one JSON line, found {len(results)}")
    text, entities = results[0]["text"], results[0]["entities"]
    shifted = [entity for entity in entities if text[entity["start"] : entity["end"]] != entity["word"]]
    if shifted:
        sys.exit(f"the main job: expected each word at its place in the text, found {shifted}")
    found = {(entity["entity_group"], entity["word"], entity["start"], entity["end"]) for entity in entities}
    if found != EXPECTED:
        sys.exit(f"the main job: expected the entities {sorted(EXPECTED)}, found {sorted(found)}")
    print("the main job found the entities that there are, and no others")


if __name__ == "__main__":
    main()

"""Check that what README.md's main job printed (stdin) holds exactly the entities of its sentence."""

import json
import sys

EXPECTED = [
    ("person", "Barack Obama", 0, 12),
    ("location", "Honolulu", 25, 33),
    ("location", "Chicago", 54, 61),
    ("organization", "Google", 66, 72),
]


def main() -> None:
    """Compare the one JSON line of the output with the expected entities."""
    results = [json.loads(line) for line in sys.stdin if line.startswith("{")]
    if len(results) != 1:
        sys.exit(f"the main job: expected one JSON line, found {len(results)}")
    found = [(e["entity_group"], e["word"], e["start"], e["end"]) for e in results[0]["entities"]]
    if sorted(found, key=lambda entity: entity[2]) != EXPECTED:
        sys.exit(f"the main job: expected {EXPECTED}, found {found}")
    print("the main job printed the right entities")


if __name__ == "__main__":
    main()

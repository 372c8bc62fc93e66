"""Make the dataset repository of Pile-NER as messages: parquet files and card in a folder, then on the Hub.

python dataset_scripts/pile_ner.py --output export [--variants A,B] [--data-dir DIR] [--push-to-hub ORG/NAME]
"""

import argparse
from pathlib import Path

from uniner_hf.hub.export import export_pile_ner, push_folder


def main() -> None:
    """Read the arguments and carry them out."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--variants", type=lambda names: names.split(","), default=["type", "definition"])
    parser.add_argument("--data-dir", type=Path, help="folder of train.json, for one variant; default: the Hub")
    parser.add_argument("--push-to-hub", metavar="ORG/NAME")
    arguments = parser.parse_args()

    print(export_pile_ner(arguments.variants, arguments.output, arguments.data_dir, arguments.push_to_hub))
    if arguments.push_to_hub:
        print(push_folder(arguments.output, arguments.push_to_hub, arguments.variants))


if __name__ == "__main__":
    main()

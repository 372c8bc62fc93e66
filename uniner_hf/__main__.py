"""`python -m uniner_hf` is the command `uniner-hf`."""

import sys

from uniner_hf.cli import main

if __name__ == "__main__":
    sys.exit(main())

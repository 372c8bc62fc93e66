"""Print one of README.md's commands: the fenced block under the HTML comment that names it.

Usage: python .ci/readme_commands.py "main job"
"""

import re
import sys
from pathlib import Path

README = Path(__file__).resolve().parent.parent / "README.md"


def readme_command(readme: str, name: str) -> str:
    """Return the block fenced under `<!-- name -->`, as it would be pasted.

    Raises:
        ValueError: there is no such block, or more than one.
    """
    blocks = re.findall(rf"<!-- {re.escape(name)} -->\n+```bash\n(.*?)```", readme, flags=re.DOTALL)
    if len(blocks) != 1:
        raise ValueError(f"README.md: expected one ```bash block under <!-- {name} -->, found {len(blocks)}")
    return str(blocks[0])


if __name__ == "__main__":
    sys.stdout.write(readme_command(README.read_text(encoding="utf-8"), sys.argv[1]))

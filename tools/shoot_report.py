"""Take a picture of the first screen of a run's report: `docs/images/report.png`.

    python -m tools.shoot_report [RUN]

RUN is a finished run directory; without it, `mesascope run tictactoe` is run in a temporary one.
Chromium is needed, as for the tests marked `browser`.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.browser import open_page

ROOT = Path(__file__).resolve().parents[1]

PICTURE = ROOT / "docs" / "images" / "report.png"
WIDTH, HEIGHT = 1280, 900
MOST_BYTES = 300 * 1024


def shoot(report: Path, picture: Path) -> int:
    """Write the picture of a report's first screen, and return its size in bytes.

    Raises:
        RuntimeError: the picture is larger than a page should carry.
    """
    picture.parent.mkdir(parents=True, exist_ok=True)
    with open_page(report, width=WIDTH, height=HEIGHT) as opened:
        opened.screenshot(picture, whole=False)
    size = picture.stat().st_size
    if size > MOST_BYTES:
        raise RuntimeError(f"{picture} has {size:,} bytes, more than {MOST_BYTES:,}")
    return size


def main(arguments: list[str]) -> int:
    """Shoot the report of a run, or of one made for the purpose."""
    with tempfile.TemporaryDirectory() as folder:
        if arguments:
            run = Path(arguments[0])
        else:
            run = Path(folder) / "run"
            program = Path(sys.executable).with_name("mesascope")
            command = [program, "run", "tictactoe", "--output", run]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        size = shoot(run / "report.html", PICTURE)
    print(f"{PICTURE.relative_to(ROOT)}: {size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The live line: programs per second, the best so far and what kind of thing it is."""

import time
from types import TracebackType

from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from mesascope.core.optimizer import Progress
from mesascope.organisms.organism import Organism
from mesascope.store import RunDirectory
from mesascope.studies.run import Watcher

_QUIET_SECONDS = 5.0  # between lines where nobody can see a line change


class LiveWatcher(Watcher):
    """Shows progress on standard error: one line that changes, or a line now and then in a log."""

    def __init__(self) -> None:
        self.directory: RunDirectory | None = None
        self._console = Console(stderr=True, highlight=False)
        self._live = Live(console=self._console, refresh_per_second=8, transient=True)
        self._last = 0.0

    def __enter__(self) -> "LiveWatcher":
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Take the live line away."""
        self._live.stop()

    def opened(self, directory: RunDirectory) -> None:
        self.directory = directory

    def searching(self, organism: Organism, progress: Progress, seconds: float) -> None:
        rate = progress.evaluations / seconds if seconds > 0 else 0.0
        best = progress.best
        text = (
            f"searching  {progress.evaluations:,} of {progress.budget:,} programs, "
            f"{rate:,.0f} a second"
        )
        if best is not None:
            text += f"; best {best.behaviour:+.4f}, {best.kind}: {best.source}"
        self._show(text)

    def saying(self, text: str) -> None:
        self._show(text)

    def _show(self, text: str) -> None:
        if self._console.is_terminal:
            grid = Table.grid(padding=(0, 1))
            grid.add_row(Text("●", style="cyan"), Text(text, overflow="ellipsis", no_wrap=True))
            self._live.update(grid)
            return
        now = time.monotonic()
        if now - self._last >= _QUIET_SECONDS:
            self._last = now
            self._console.print(escape(text), soft_wrap=True)

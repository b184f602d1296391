"""Does one thing in a thread of its own, while the next one is prepared."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self


class OneAhead:
    """At most one call is under way. A further one, and the block's end, wait for it.

    What a call raises is raised where it is waited for.
    """

    def __init__(self) -> None:
        self._worker = ThreadPoolExecutor(1)
        self._doing: Future[object] | None = None

    def do(self, call: Callable[[], object]) -> None:
        """Begin a call once the one before is through."""
        self.wait()
        self._doing = self._worker.submit(call)

    def wait(self) -> None:
        """Return once nothing is under way."""
        if self._doing:
            self._doing.result()

    def __enter__(self) -> Self:
        """Return it."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Wait; an error of the block goes before one of the call."""
        self._worker.shutdown()
        if error is None:
            self.wait()

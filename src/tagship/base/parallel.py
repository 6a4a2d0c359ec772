"""Several calls in parallel, where each waits for something outside."""

import queue
import threading
from collections.abc import Callable, Sequence


def run_parallel(works: Sequence[Callable[[], None]], limit: int) -> None:
    """Call all of them, at most ``limit`` at once; returns when all are done.

    The threads are daemons: Ctrl-C reaches the caller at once, and nothing that they still do keeps the process alive.

    Raises:
        BaseException: what the first one raised; those that have not begun by then never do.
    """
    waiting: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
    ended: queue.SimpleQueue[BaseException | None] = queue.SimpleQueue()
    for work in works:
        waiting.put(work)
    stopped = threading.Event()

    def worker() -> None:
        while not stopped.is_set():
            try:
                work = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                work()
            except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
                ended.put(error)
            else:
                ended.put(None)

    for number in range(min(limit, len(works))):
        threading.Thread(target=worker, name=f"parallel-{number}", daemon=True).start()
    try:
        for _ in works:
            if (error := ended.get()) is not None:
                raise error
    finally:
        stopped.set()

"""What is put around MiniStack's own functions."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

from seatrial.ministack.emulator import one_at_a_time


def test_two_cold_starts_of_one_function_do_not_write_its_files_at_once() -> None:
    busy, together = threading.Lock(), threading.Barrier(4)

    def write(name: str) -> str:
        assert busy.acquire(blocking=False), "somebody else is writing"
        time.sleep(0.01)  # so that the others have their turn
        busy.release()
        return name.upper()

    module = SimpleNamespace(write=write)
    one_at_a_time(module, "write")

    def start(name: str) -> str:
        together.wait()
        return str(module.write(name))

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(start, "abcd")) == list("ABCD")

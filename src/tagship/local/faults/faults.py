"""The faults that are set now."""

from tagship.local.state import Store


class Faults:
    """The faults that are set, kept over restarts.

    Args:
        store: of the embedded AWS.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

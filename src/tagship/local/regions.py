"""In which regions anything was ever made: one process is all regions, and its own services look after each."""

from tagship.local.state import Store

_KIND = "local.region"


class Regions:
    """The regions in which something was changed; they outlive the process."""

    def __init__(self, store: Store, default: str) -> None:
        self._store = store
        self._known = {default, *store.all(_KIND)}

    def note(self, region: str) -> None:
        """Something is being changed there."""
        if region not in self._known:
            self._known.add(region)
            self._store.put(_KIND, region, region)

    def all(self) -> tuple[str, ...]:
        """Every one of them, sorted; the settings' region is always among them."""
        return tuple(sorted(self._known))

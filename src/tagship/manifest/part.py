"""What every part of the manifest has in common."""

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """Common ground: frozen, and an unknown key is an error.

    Deferred: a validator is built where something is first validated, so reading a manifest builds that of the whole
    alone. A part as default is therefore made by ``model_construct``, which validates nothing; the defaults are ours.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

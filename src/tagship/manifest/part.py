"""What every part of the manifest has in common."""

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """Common ground: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")

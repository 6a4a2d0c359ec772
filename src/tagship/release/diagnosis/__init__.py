"""Why a rollout failed: from what is left of it to a named cause. Pure."""

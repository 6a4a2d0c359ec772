"""The release engine: observe, plan, verify, execute, watch, verdict."""

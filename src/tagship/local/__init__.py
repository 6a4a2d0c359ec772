"""An AWS on this machine, reached by its endpoint URL only. It knows nothing of manifests or releases."""

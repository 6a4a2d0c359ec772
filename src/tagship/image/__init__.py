"""From a git tag to an image in the registry."""

"""Terraform: the modules, the runner, and what the release engine reads of the result."""

"""What the tests that run Terraform share."""

from contract.infra.conftest import around, found_program, terraform

__all__ = ["around", "found_program", "terraform"]

"""What the tests that run Terraform share."""

from tests.contract.infra.conftest import around, found_program, terraform

__all__ = ["around", "found_program", "terraform"]

"""Faults on request: what can go wrong at AWS, made to go wrong here, to see what a release does then."""

from seatrial.core.faults.faults import Faults

__all__ = ["Faults"]

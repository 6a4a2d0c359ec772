"""Faults on request: what can go wrong on AWS, made to go wrong here, to see what a release does then."""

from seatrial.core.faults.faults import Faults

__all__ = ["Faults"]

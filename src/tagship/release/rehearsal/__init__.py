"""Failures, rehearsed on the embedded AWS."""

from tests.seatrial.contract.cloudfront.conftest import place

__all__ = ["place"]

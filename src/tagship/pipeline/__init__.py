"""What runs a deploy when a tag is pushed."""

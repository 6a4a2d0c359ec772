"""EC2: one file a kind of resource."""

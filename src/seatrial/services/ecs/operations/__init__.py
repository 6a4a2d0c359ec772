"""The operations of ECS's API: one file per kind of resource."""

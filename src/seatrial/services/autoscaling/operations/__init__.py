"""The operations of Application Auto Scaling's API: one file per kind of resource."""

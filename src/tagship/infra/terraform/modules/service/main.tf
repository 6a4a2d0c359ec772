# One container behind the load balancer.
#
# Terraform owns what stands still. The release engine owns what moves: the revision that runs, how many tasks run,
# and the container's port. Those are given once, at creation, and never mentioned again.
# Where the service scales, Terraform owns the bounds and Application Auto Scaling the number between them.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

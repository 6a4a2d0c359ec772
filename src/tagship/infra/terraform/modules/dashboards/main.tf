# Grafana behind the load balancer, signed in to through the user pool.
#
# It keeps nothing: data sources and dashboards are given to each task when it starts, accounts come from the user pool.
# What people make in it by hand, and their sessions, are gone with the task.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

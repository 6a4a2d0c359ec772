# What needs a person: alarms and events, told in Slack and by e-mail.
#
# Alarms go to the topic, and from there to the function and to e-mail. Events go to the function directly;
# those that need a person go to e-mail as well, as a sentence.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  account = data.aws_caller_identity.current.account_id
  alarms  = "arn:${data.aws_partition.current.partition}:cloudwatch:*:${local.account}:alarm:*"

  # arn:aws:ecs:region:account:service/cluster/ begins the ARN of each service of the cluster.
  service_arns = "${replace(var.cluster.arn, ":cluster/", ":service/")}/"
}

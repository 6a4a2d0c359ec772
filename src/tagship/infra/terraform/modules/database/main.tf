# Aurora PostgreSQL: one writer and at least one reader in another zone, in subnets without a way out.
#
# Readers beyond the least are made and taken away by Application Auto Scaling; Terraform does not know them.
# No password is in the state: it goes from AWS's generator through write-only arguments into Secrets Manager.

locals {
  port       = 5432
  master     = "tagshipadmin" # RDS: 16 letters and digits at most.
  user       = "app"          # The application's own user; tagship makes it over the Data API.
  serverless = var.instance == "serverless"
  class      = local.serverless ? "db.serverless" : var.instance
  major      = split(".", var.engine_version)[0]
  family     = "aurora-postgresql${local.major}"
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_subnet" "this" {
  count = length(var.subnet_ids)

  id = var.subnet_ids[count.index]
}

# --- who reaches it

resource "aws_db_subnet_group" "this" {
  name        = var.names.subnet_group
  description = "Subnets of ${var.names.cluster}"
  subnet_ids  = var.subnet_ids
}

resource "aws_security_group" "this" {
  name        = var.names.security_group
  description = "The database ${var.names.cluster}: inbound from its clients only, no outbound"
  vpc_id      = var.vpc_id

  tags = { Name = var.names.security_group }
}

resource "aws_vpc_security_group_ingress_rule" "clients" {
  for_each = var.clients

  security_group_id            = aws_security_group.this.id
  description                  = "PostgreSQL from ${each.key}"
  referenced_security_group_id = each.value
  ip_protocol                  = "tcp"
  from_port                    = local.port
  to_port                      = local.port
}

# --- passwords

# Known only while the first apply, or one for new passwords, is under way: a plan for them asks AWS for none.
resource "terraform_data" "password" {
  input = {
    length  = 40 # RDS: 41 at most.
    version = var.password_version
  }
}

# Without punctuation a password can stand in an address as it is.
ephemeral "aws_secretsmanager_random_password" "master" {
  provider = aws.passwords

  password_length     = terraform_data.password.output.length
  exclude_punctuation = true
}

ephemeral "aws_secretsmanager_random_password" "application" {
  provider = aws.passwords

  password_length     = terraform_data.password.output.length
  exclude_punctuation = true
}

resource "aws_secretsmanager_secret" "master" {
  name                    = var.names.master_secret
  description             = "Master user of the database ${var.names.cluster}, for tagship only"
  recovery_window_in_days = var.deletion_protection ? 30 : 0
}

resource "aws_secretsmanager_secret_version" "master" {
  secret_id = aws_secretsmanager_secret.master.id

  secret_string_wo = jsonencode({
    username = local.master
    password = ephemeral.aws_secretsmanager_random_password.master.random_password
  })
  secret_string_wo_version = var.password_version
}

# The password is another in every run of Terraform. The cluster is given the one that was stored, so that
# a run that breaks off between the two leaves them alike in the next.
ephemeral "aws_secretsmanager_secret_version" "master" {
  provider = aws.passwords

  secret_id  = aws_secretsmanager_secret.master.id
  version_id = aws_secretsmanager_secret_version.master.version_id
}

# --- the cluster

# A family has its major version, and never gets another: an upgrade makes new groups beside those of before, so their
# names say which they are.
resource "aws_rds_cluster_parameter_group" "this" {
  name        = "${var.names.cluster_parameters}-pg${local.major}"
  description = "The cluster ${var.names.cluster}"
  family      = local.family

  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_db_parameter_group" "this" {
  name        = "${var.names.instance_parameters}-pg${local.major}"
  description = "The instances of ${var.names.cluster}"
  family      = local.family

  parameter {
    name  = "log_min_duration_statement"
    value = "1000"
  }

  parameter {
    name  = "log_lock_waits"
    value = "1"
  }

  lifecycle {
    create_before_destroy = true
  }
}

# RDS would make it by itself, and keep its lines for ever.
resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/rds/cluster/${var.names.cluster}/postgresql"
  retention_in_days = 30
}

# A snapshot's name can be used once: an environment that was destroyed, made and destroyed again has two.
resource "terraform_data" "planned" {
  input = formatdate("YYYYMMDDhhmmss", plantimestamp())

  lifecycle {
    ignore_changes = [input]
  }
}

resource "aws_rds_cluster" "this" {
  cluster_identifier              = var.names.cluster
  engine                          = "aurora-postgresql"
  engine_mode                     = "provisioned" # Serverless v2 too: it is a class of instance.
  engine_version                  = var.engine_version
  allow_major_version_upgrade     = true # Another major version in the manifest is the wish for one.
  database_name                   = var.database
  port                            = local.port
  master_username                 = local.master
  master_password_wo              = jsondecode(ephemeral.aws_secretsmanager_secret_version.master.secret_string).password
  master_password_wo_version      = var.password_version
  db_subnet_group_name            = aws_db_subnet_group.this.name
  db_cluster_parameter_group_name = aws_rds_cluster_parameter_group.this.name
  # Of all instances, in the moment of an upgrade: until then they have a group of the old family, which AWS would refuse.
  db_instance_parameter_group_name = aws_db_parameter_group.this.name
  vpc_security_group_ids           = [aws_security_group.this.id]
  storage_encrypted                = true # With AWS's own key of RDS.
  enable_http_endpoint             = true # The Data API: nothing of ours has to reach into the network.
  enabled_cloudwatch_logs_exports  = ["postgresql"]
  backup_retention_period          = var.backup_days
  copy_tags_to_snapshot            = true
  deletion_protection              = var.deletion_protection
  skip_final_snapshot              = !var.final_snapshot
  final_snapshot_identifier        = "${var.names.final_snapshot}-${terraform_data.planned.output}"
  # Otherwise a change would wait for the next maintenance window, and the plan would have said that it is done.
  apply_immediately = true

  dynamic "serverlessv2_scaling_configuration" {
    for_each = local.serverless ? [var.capacity] : []

    content {
      min_capacity = serverlessv2_scaling_configuration.value.min
      max_capacity = serverlessv2_scaling_configuration.value.max
    }
  }

  depends_on = [aws_cloudwatch_log_group.this]
}

# --- instances

data "aws_iam_policy_document" "assumed_by_monitoring" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["monitoring.rds.amazonaws.com"]
    }

    # This account's own instances only (RDS user guide, "Preventing the confused deputy problem").
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:${data.aws_partition.current.partition}:rds:*:${data.aws_caller_identity.current.account_id}:db:*"]
    }
  }
}

resource "aws_iam_role" "monitoring" {
  name               = var.names.monitoring_role
  description        = "RDS: writes Enhanced Monitoring metrics of ${var.names.cluster}"
  assume_role_policy = data.aws_iam_policy_document.assumed_by_monitoring.json
}

resource "aws_iam_role_policy_attachment" "monitoring" {
  role       = aws_iam_role.monitoring.name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
}

# The first instance of a cluster is its writer, until the first failover; so it is made alone.
resource "aws_rds_cluster_instance" "writer" {
  identifier                   = "${var.names.cluster}-1"
  cluster_identifier           = aws_rds_cluster.this.id
  engine                       = aws_rds_cluster.this.engine
  engine_version               = aws_rds_cluster.this.engine_version
  instance_class               = local.class
  availability_zone            = data.aws_subnet.this[0].availability_zone
  db_subnet_group_name         = aws_db_subnet_group.this.name
  db_parameter_group_name      = aws_db_parameter_group.this.name
  promotion_tier               = 0
  publicly_accessible          = false
  auto_minor_version_upgrade   = false
  monitoring_interval          = 60
  monitoring_role_arn          = aws_iam_role.monitoring.arn
  performance_insights_enabled = true
  copy_tags_to_snapshot        = true
  apply_immediately            = true

  lifecycle {
    # It stays where it was made. A zone that is only known while applying would otherwise replace it.
    ignore_changes = [availability_zone]
  }

  depends_on = [aws_iam_role_policy_attachment.monitoring]
}

# The first one takes the writer's place when that fails: a serverless reader of tier 0 or 1 is always as large as
# the writer, the others scale by themselves (Aurora user guide, "Choosing the promotion tier for an Aurora
# Serverless v2 reader").
resource "aws_rds_cluster_instance" "reader" {
  count = var.readers.min

  identifier                   = "${var.names.cluster}-${count.index + 2}"
  cluster_identifier           = aws_rds_cluster.this.id
  engine                       = aws_rds_cluster.this.engine
  engine_version               = aws_rds_cluster.this.engine_version
  instance_class               = local.class
  availability_zone            = data.aws_subnet.this[(count.index + 1) % 2].availability_zone
  db_subnet_group_name         = aws_db_subnet_group.this.name
  db_parameter_group_name      = aws_db_parameter_group.this.name
  promotion_tier               = min(count.index + 1, 2)
  publicly_accessible          = false
  auto_minor_version_upgrade   = false
  monitoring_interval          = 60
  monitoring_role_arn          = aws_iam_role.monitoring.arn
  performance_insights_enabled = true
  copy_tags_to_snapshot        = true
  apply_immediately            = true

  lifecycle {
    ignore_changes = [availability_zone]
  }

  depends_on = [aws_rds_cluster_instance.writer]
}

# --- more readers under load

resource "aws_appautoscaling_target" "readers" {
  count = var.readers.max > var.readers.min ? 1 : 0

  service_namespace  = "rds"
  resource_id        = "cluster:${aws_rds_cluster.this.cluster_identifier}"
  scalable_dimension = "rds:cluster:ReadReplicaCount"
  min_capacity       = var.readers.min # Terraform's own are counted, and never taken away.
  max_capacity       = var.readers.max

  depends_on = [aws_rds_cluster_instance.reader]
}

resource "aws_appautoscaling_policy" "readers" {
  count = var.readers.max > var.readers.min ? 1 : 0

  name               = var.names.scaling_policy
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.readers[0].service_namespace
  resource_id        = aws_appautoscaling_target.readers[0].resource_id
  scalable_dimension = aws_appautoscaling_target.readers[0].scalable_dimension

  target_tracking_scaling_policy_configuration {
    target_value       = var.readers.cpu
    scale_out_cooldown = 300
    # A reader takes minutes to come and empties its cache when it goes.
    scale_in_cooldown = 900

    predefined_metric_specification {
      predefined_metric_type = "RDSReaderAverageCPUUtilization"
    }
  }
}

# --- how to connect

resource "aws_secretsmanager_secret" "connection" {
  name                    = var.names.connection_secret
  description             = "Connection of the application to ${var.names.cluster}, with its own user"
  recovery_window_in_days = var.deletion_protection ? 30 : 0
}

# Another cluster has other addresses, and nobody sees a write-only value change.
resource "terraform_data" "addresses" {
  input = {
    writer   = aws_rds_cluster.this.endpoint
    reader   = aws_rds_cluster.this.reader_endpoint
    database = var.database
  }
}

resource "aws_secretsmanager_secret_version" "connection" {
  secret_id = aws_secretsmanager_secret.connection.id

  secret_string_wo = jsonencode({
    username    = local.user
    password    = ephemeral.aws_secretsmanager_random_password.application.random_password
    dbname      = var.database
    port        = tostring(local.port)
    writer_host = aws_rds_cluster.this.endpoint
    reader_host = aws_rds_cluster.this.reader_endpoint
    writer_url  = "postgresql://${local.user}:${ephemeral.aws_secretsmanager_random_password.application.random_password}@${aws_rds_cluster.this.endpoint}:${local.port}/${var.database}?sslmode=require"
    reader_url  = "postgresql://${local.user}:${ephemeral.aws_secretsmanager_random_password.application.random_password}@${aws_rds_cluster.this.reader_endpoint}:${local.port}/${var.database}?sslmode=require"
  })
  secret_string_wo_version = var.password_version

  lifecycle {
    replace_triggered_by = [terraform_data.addresses]
  }
}

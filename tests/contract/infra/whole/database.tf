resource "aws_security_group" "database" {
  name        = "${local.name}-database"
  description = "PostgreSQL from the tasks and the VPN"
  vpc_id      = aws_vpc.this.id
}

resource "aws_vpc_security_group_ingress_rule" "database" {
  for_each = { tasks = aws_security_group.tasks.id, vpn = aws_security_group.vpn.id }

  security_group_id            = aws_security_group.database.id
  description                  = "PostgreSQL from the ${each.key}"
  referenced_security_group_id = each.value
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

resource "aws_db_subnet_group" "this" {
  name       = local.name
  subnet_ids = values(aws_subnet.private)[*].id
}

resource "aws_rds_cluster_parameter_group" "this" {
  name   = "${local.name}-cluster"
  family = "aurora-postgresql16"

  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }

  parameter {
    name         = "shared_preload_libraries"
    value        = "pg_stat_statements,auto_explain"
    apply_method = "pending-reboot"
  }
}

resource "aws_db_parameter_group" "this" {
  name   = local.name
  family = "aurora-postgresql16"

  parameter {
    name  = "log_min_duration_statement"
    value = "500"
  }
}

ephemeral "aws_secretsmanager_random_password" "master" {
  password_length     = 40
  exclude_punctuation = true
}

data "aws_iam_policy_document" "monitoring_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["monitoring.rds.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "monitoring" {
  name               = "${local.name}-monitoring"
  assume_role_policy = data.aws_iam_policy_document.monitoring_trust.json
}

resource "aws_iam_role_policy_attachment" "monitoring" {
  role       = aws_iam_role.monitoring.name
  policy_arn = "arn:${data.aws_partition.here.partition}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
}

resource "aws_cloudwatch_log_group" "database" {
  name              = "/aws/rds/cluster/${local.name}/postgresql"
  retention_in_days = 30
}

resource "aws_rds_cluster" "this" {
  cluster_identifier                  = local.name
  engine                              = "aurora-postgresql"
  engine_version                      = "16.11"
  database_name                       = "app"
  master_username                     = "root_of_whole"
  master_password_wo                  = ephemeral.aws_secretsmanager_random_password.master.random_password
  master_password_wo_version          = 1
  db_subnet_group_name                = aws_db_subnet_group.this.name
  db_cluster_parameter_group_name     = aws_rds_cluster_parameter_group.this.name
  vpc_security_group_ids              = [aws_security_group.database.id]
  storage_encrypted                   = true
  kms_key_id                          = aws_kms_key.this.arn
  backup_retention_period             = 7
  preferred_backup_window             = "02:00-03:00"
  preferred_maintenance_window        = "sun:04:00-sun:05:00"
  copy_tags_to_snapshot               = true
  deletion_protection                 = false
  skip_final_snapshot                 = true
  apply_immediately                   = true
  iam_database_authentication_enabled = true
  enabled_cloudwatch_logs_exports     = ["postgresql"]

  depends_on = [aws_cloudwatch_log_group.database]
}

resource "aws_rds_cluster_instance" "writer" {
  identifier                            = "${local.name}-1"
  cluster_identifier                    = aws_rds_cluster.this.id
  engine                                = aws_rds_cluster.this.engine
  engine_version                        = aws_rds_cluster.this.engine_version
  instance_class                        = "db.r7g.large"
  availability_zone                     = sort(local.zones)[0]
  db_subnet_group_name                  = aws_db_subnet_group.this.name
  db_parameter_group_name               = aws_db_parameter_group.this.name
  publicly_accessible                   = false
  promotion_tier                        = 0
  auto_minor_version_upgrade            = false
  monitoring_interval                   = 60
  monitoring_role_arn                   = aws_iam_role.monitoring.arn
  performance_insights_enabled          = true
  performance_insights_kms_key_id       = aws_kms_key.this.arn
  performance_insights_retention_period = 7
  ca_cert_identifier                    = "rds-ca-rsa2048-g1"
  copy_tags_to_snapshot                 = true
}

resource "aws_rds_cluster_instance" "reader" {
  identifier                 = "${local.name}-2"
  cluster_identifier         = aws_rds_cluster.this.id
  engine                     = aws_rds_cluster.this.engine
  engine_version             = aws_rds_cluster.this.engine_version
  instance_class             = "db.r7g.large"
  availability_zone          = sort(local.zones)[1]
  db_subnet_group_name       = aws_db_subnet_group.this.name
  db_parameter_group_name    = aws_db_parameter_group.this.name
  promotion_tier             = 1
  auto_minor_version_upgrade = false
  monitoring_interval        = 60
  monitoring_role_arn        = aws_iam_role.monitoring.arn

  depends_on = [aws_rds_cluster_instance.writer]
}

# --- serverless, its password managed by RDS

resource "aws_rds_cluster" "serverless" {
  cluster_identifier            = "${local.name}-serverless"
  engine                        = "aurora-postgresql"
  engine_mode                   = "provisioned"
  engine_version                = "16.11"
  database_name                 = "app"
  master_username               = "root_of_whole"
  manage_master_user_password   = true
  master_user_secret_kms_key_id = aws_kms_key.this.key_id
  db_subnet_group_name          = aws_db_subnet_group.this.name
  vpc_security_group_ids        = [aws_security_group.database.id]
  storage_encrypted             = true
  skip_final_snapshot           = true

  enable_http_endpoint                  = true
  database_insights_mode                = "standard"
  performance_insights_enabled          = true
  performance_insights_retention_period = 7
  monitoring_interval                   = 60
  monitoring_role_arn                   = aws_iam_role.monitoring.arn

  serverlessv2_scaling_configuration {
    min_capacity             = 0
    max_capacity             = 2
    seconds_until_auto_pause = 600
  }
}

resource "aws_rds_cluster_instance" "serverless" {
  identifier         = "${local.name}-serverless-1"
  cluster_identifier = aws_rds_cluster.serverless.id
  engine             = aws_rds_cluster.serverless.engine
  engine_version     = aws_rds_cluster.serverless.engine_version
  instance_class     = "db.serverless"

  # One at a time: the cluster's first instance decides its endpoint.
  depends_on = [aws_rds_cluster_instance.writer]
}

# --- how to connect

resource "aws_secretsmanager_secret" "database" {
  name                    = "${local.name}/database"
  description             = "Writer & reader"
  kms_key_id              = aws_kms_key.this.arn
  recovery_window_in_days = 0
}

resource "aws_secretsmanager_secret_version" "database" {
  secret_id                = aws_secretsmanager_secret.database.id
  secret_string_wo_version = 1
  secret_string_wo = jsonencode({
    writer = "postgresql://${aws_rds_cluster.this.endpoint}:${aws_rds_cluster.this.port}/app"
    reader = "postgresql://${aws_rds_cluster.this.reader_endpoint}:${aws_rds_cluster.this.port}/app"
  })
}

# Replaced whenever an address of the database changes.
resource "terraform_data" "addresses" {
  input = {
    writer = aws_rds_cluster.this.endpoint
    reader = aws_rds_cluster.this.reader_endpoint
    port   = aws_rds_cluster.this.port
  }

  depends_on = [aws_rds_cluster_instance.reader]
}

resource "aws_ssm_parameter" "plain" {
  name        = "/${local.name}/plain"
  description = "Not a secret"
  type        = "String"
  value       = "a <b> & c"
}

resource "aws_ssm_parameter" "secure" {
  name             = "/${local.name}/secure"
  type             = "SecureString"
  key_id           = aws_kms_key.this.arn
  value_wo         = "hush"
  value_wo_version = 1
}

resource "aws_ssm_parameter" "secure_in_state" {
  name  = "/${local.name}/secure-in-state"
  type  = "SecureString"
  value = "hush"
}

mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/notes-staging-database-monitoring" }
  }

  override_data {
    target = data.aws_subnet.this[0]
    values = { availability_zone = "eu-central-1a" }
  }

  override_data {
    target = data.aws_subnet.this[1]
    values = { availability_zone = "eu-central-1b" }
  }
}

# Never asked: a plan opens no ephemeral resource of a database that is not there yet.
provider "aws" {
  alias                       = "passwords"
  region                      = "eu-central-1"
  access_key                  = "nobody"
  secret_key                  = "nothing"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  names = {
    cluster             = "notes-staging"
    subnet_group        = "notes-staging"
    cluster_parameters  = "notes-staging-cluster"
    instance_parameters = "notes-staging-instance"
    security_group      = "notes-staging-database"
    monitoring_role     = "notes-staging-database-monitoring"
    master_secret       = "notes-staging/database-master"
    connection_secret   = "notes-staging/database"
    scaling_policy      = "notes-staging-readers"
    final_snapshot      = "notes-staging-final"
  }
  vpc_id         = "vpc-1"
  subnet_ids     = ["subnet-1", "subnet-2"]
  engine_version = "16.11"
  database       = "notes"
  instance       = "serverless"
  capacity       = { min = 0.5, max = 4 }
  readers        = { min = 1, max = 3, cpu = 60 }
  clients        = { api = "sg-api", vpn = "sg-vpn" }
}

run "a_serverless_database_has_a_writer_and_a_reader_in_two_zones" {
  command = plan

  module {
    source = "./modules/database"
  }

  assert {
    condition = (
      aws_rds_cluster_instance.writer.instance_class == "db.serverless"
      && one(aws_rds_cluster.this.serverlessv2_scaling_configuration).min_capacity == 0.5
      && one(aws_rds_cluster.this.serverlessv2_scaling_configuration).max_capacity == 4
    )
    error_message = "Instances must scale between the given capacities."
  }

  assert {
    condition     = [aws_rds_cluster_instance.writer.availability_zone, aws_rds_cluster_instance.reader[0].availability_zone] == ["eu-central-1a", "eu-central-1b"]
    error_message = "A zone that fails must leave the other instance."
  }

  assert {
    condition     = aws_rds_cluster_parameter_group.this.family == "aurora-postgresql16" && aws_db_parameter_group.this.family == "aurora-postgresql16"
    error_message = "Parameter groups are of the version's family."
  }

  assert {
    condition     = aws_appautoscaling_target.readers[0].min_capacity == 1 && aws_appautoscaling_target.readers[0].max_capacity == 3
    error_message = "Terraform's own reader counts among those that are scaled."
  }

  assert {
    condition = (
      one(aws_appautoscaling_policy.readers[0].target_tracking_scaling_policy_configuration).target_value == 60
      && one(aws_appautoscaling_policy.readers[0].target_tracking_scaling_policy_configuration).scale_in_cooldown
      > one(aws_appautoscaling_policy.readers[0].target_tracking_scaling_policy_configuration).scale_out_cooldown
    )
    error_message = "Readers must come sooner than they go."
  }
}

run "another_major_version_gets_parameter_groups_of_its_own_beside_those_of_before" {
  command = plan

  module {
    source = "./modules/database"
  }

  variables {
    engine_version = "17.5"
  }

  assert {
    condition = [aws_rds_cluster_parameter_group.this.name, aws_db_parameter_group.this.name] == [
      "notes-staging-cluster-pg17", "notes-staging-instance-pg17"
    ]
    error_message = "A group of the old family cannot become one of the new: they stand side by side for a moment."
  }

  assert {
    condition = (
      aws_rds_cluster.this.allow_major_version_upgrade
      && aws_rds_cluster.this.db_cluster_parameter_group_name == "notes-staging-cluster-pg17"
      && aws_rds_cluster.this.db_instance_parameter_group_name == "notes-staging-instance-pg17"
    )
    error_message = "The upgrade takes cluster and instances to the new family at once."
  }
}

run "only_clients_get_in_and_only_with_tls_and_nothing_gets_out" {
  command = plan

  module {
    source = "./modules/database"
  }

  assert {
    condition = alltrue([
      for who, rule in aws_vpc_security_group_ingress_rule.clients :
      rule.referenced_security_group_id == var.clients[who] && rule.from_port == 5432 && rule.to_port == 5432
      && rule.ip_protocol == "tcp" && rule.cidr_ipv4 == null && rule.cidr_ipv6 == null && rule.prefix_list_id == null
    ]) && keys(aws_vpc_security_group_ingress_rule.clients) == ["api", "vpn"]
    error_message = "Each client reaches PostgreSQL, and nobody else anything."
  }

  assert {
    condition     = anytrue([for each in aws_rds_cluster_parameter_group.this.parameter : each.name == "rds.force_ssl" && each.value == "1"])
    error_message = "A connection without TLS must be refused."
  }

  assert {
    condition = alltrue([
      for instance in concat([aws_rds_cluster_instance.writer], aws_rds_cluster_instance.reader) : !instance.publicly_accessible
    ])
    error_message = "No instance may have a public address."
  }

  assert {
    condition     = aws_rds_cluster.this.storage_encrypted && aws_rds_cluster.this.backup_retention_period == 7 && aws_rds_cluster.this.copy_tags_to_snapshot
    error_message = "The database must be encrypted and backed up."
  }

  assert {
    condition     = aws_rds_cluster.this.enable_http_endpoint
    error_message = "The application's user is made over the Data API."
  }
}

run "a_provisioned_database_of_several_readers_alternates_the_zones" {
  command = plan

  module {
    source = "./modules/database"
  }

  variables {
    instance            = "db.r7g.large"
    capacity            = null
    engine_version      = "17.5"
    readers             = { min = 3, max = 3, cpu = 60 }
    deletion_protection = true
    final_snapshot      = false
    backup_days         = 35
  }

  assert {
    condition     = length(aws_rds_cluster.this.serverlessv2_scaling_configuration) == 0 && aws_rds_cluster_instance.reader[2].instance_class == "db.r7g.large"
    error_message = "A class has its own capacity."
  }

  assert {
    condition     = [for reader in aws_rds_cluster_instance.reader : reader.availability_zone] == ["eu-central-1b", "eu-central-1a", "eu-central-1b"]
    error_message = "Readers must stand in both zones."
  }

  assert {
    condition     = [for reader in aws_rds_cluster_instance.reader : reader.identifier] == ["notes-staging-2", "notes-staging-3", "notes-staging-4"]
    error_message = "Each instance needs a name of its own."
  }

  assert {
    condition     = [for reader in aws_rds_cluster_instance.reader : reader.promotion_tier] == [1, 2, 2]
    error_message = "The reader in the other zone is the first to take over."
  }

  assert {
    condition     = length(aws_appautoscaling_target.readers) == 0 && length(aws_appautoscaling_policy.readers) == 0
    error_message = "Where there is nothing to scale, nothing scales."
  }

  assert {
    condition     = aws_rds_cluster.this.deletion_protection && aws_secretsmanager_secret.connection.recovery_window_in_days == 30
    error_message = "Protected, neither the database nor its secrets go by mistake."
  }

  assert {
    condition     = aws_rds_cluster.this.skip_final_snapshot
    error_message = "No snapshot was wanted."
  }
}

run "the_application_is_told_writer_and_reader_and_never_the_master" {
  command = plan

  module {
    source = "./modules/database"
  }

  override_resource {
    target          = aws_secretsmanager_secret.connection
    values          = { arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:notes-staging/database-AbCdEf" }
    override_during = plan
  }

  override_resource {
    target          = terraform_data.planned
    values          = { output = "20260101000000" }
    override_during = plan
  }

  assert {
    condition = output.secrets == {
      for variable, key in {
        DATABASE_HOST = "writer_host", DATABASE_READER_HOST = "reader_host", DATABASE_PORT = "port",
        DATABASE_NAME = "dbname", DATABASE_USER = "username", DATABASE_PASSWORD = "password",
        DATABASE_URL  = "writer_url", DATABASE_READER_URL = "reader_url",
      } : variable => "${output.secret_arn}:${key}::"
    }
    error_message = "Each variable is one key of the application's secret."
  }

  assert {
    condition     = aws_secretsmanager_secret_version.connection.secret_string == null && aws_secretsmanager_secret_version.master.secret_string == null && aws_rds_cluster.this.master_password == null
    error_message = "No password may be in the state."
  }

  assert {
    condition     = !aws_rds_cluster.this.skip_final_snapshot && aws_rds_cluster.this.final_snapshot_identifier == "notes-staging-final-20260101000000"
    error_message = "A final snapshot's name must never come again."
  }

  assert {
    condition     = output.port == 5432 && output.cluster == "notes-staging"
    error_message = "Outputs must say where the database is."
  }
}

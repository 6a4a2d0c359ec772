# The provider and the variables are those of database.tftest.hcl: test_modules.py puts them here.

run "a_class_without_the_data_api_is_refused" {
  command = plan

  module {
    source = "./modules/database"
  }

  variables {
    instance = "db.t4g.medium"
    capacity = null
  }

  expect_failures = [var.instance]
}

run "one_subnet_is_refused" {
  command = plan

  module {
    source = "./modules/database"
  }

  variables {
    subnet_ids = ["subnet-1"]
  }

  expect_failures = [var.subnet_ids]
}

run "a_major_version_alone_and_a_class_without_db_are_refused" {
  command = plan

  module {
    source = "./modules/database"
  }

  variables {
    engine_version = "16"
    instance       = "r7g.large"
    capacity       = null
  }

  expect_failures = [var.engine_version, var.instance]
}

run "capacity_of_a_class_is_refused" {
  command = plan

  module {
    source = "./modules/database"
  }

  variables {
    instance = "db.r7g.large"
  }

  expect_failures = [var.capacity]
}

run "serverless_without_capacity_is_refused" {
  command = plan

  module {
    source = "./modules/database"
  }

  variables {
    capacity = null
  }

  expect_failures = [var.capacity]
}

run "capacity_between_the_steps_and_readers_that_are_none_are_refused" {
  command = plan

  module {
    source = "./modules/database"
  }

  variables {
    capacity    = { min = 0.75, max = 4 }
    readers     = { min = 0, max = 3, cpu = 60 }
    backup_days = 36
  }

  expect_failures = [var.capacity, var.readers, var.backup_days]
}

run "more_capacity_than_there_is_and_less_readers_at_most_than_at_least_are_refused" {
  command = plan

  module {
    source = "./modules/database"
  }

  variables {
    capacity = { min = 0.5, max = 256.5 }
    readers  = { min = 3, max = 2, cpu = 60 }
    database = "Notes-App"
  }

  expect_failures = [var.capacity, var.readers, var.database]
}

run "an_old_version_that_does_not_pause_and_sixteen_readers_are_refused" {
  command = plan

  module {
    source = "./modules/database"
  }

  variables {
    engine_version = "16.2"
    capacity       = { min = 0, max = 4 }
    readers        = { min = 1, max = 16, cpu = 60 }
    database       = "postgres"
  }

  expect_failures = [var.capacity, var.readers, var.database]
}

run "a_name_that_rds_does_not_take_is_refused" {
  command = plan

  module {
    source = "./modules/database"
  }

  variables {
    names = {
      cluster             = "notes-staging--database"
      subnet_group        = "notes-staging"
      cluster_parameters  = "notes-staging--cluster"
      instance_parameters = "notes-staging-instance"
      security_group      = "notes-staging-database"
      monitoring_role     = "notes-staging-database-monitoring"
      master_secret       = "notes-staging/database-master"
      connection_secret   = "notes-staging/database"
      scaling_policy      = "notes-staging-readers"
      final_snapshot      = "notes-staging-final"
    }
  }

  expect_failures = [var.names]
}

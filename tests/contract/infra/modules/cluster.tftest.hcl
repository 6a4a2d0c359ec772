mock_provider "aws" {}

variables {
  name = "notes-staging"
}

run "insights_are_off_unless_chosen" {
  command = plan

  module {
    source = "./modules/cluster"
  }

  assert {
    condition     = one(aws_ecs_cluster.this.setting).value == "disabled"
    error_message = "Container insights cost money: only by choice."
  }
}

run "insights_by_choice" {
  command = plan

  module {
    source = "./modules/cluster"
  }

  variables {
    container_insights = true
  }

  assert {
    condition     = one(aws_ecs_cluster.this.setting).value == "enabled"
    error_message = "Container insights were chosen."
  }
}

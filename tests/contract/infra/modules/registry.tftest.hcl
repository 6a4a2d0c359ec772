mock_provider "aws" {}

variables {
  name = "notes-staging/api"
}

run "images_are_immutable_scanned_and_encrypted" {
  command = plan

  module {
    source = "./modules/registry"
  }

  assert {
    condition     = aws_ecr_repository.this.image_tag_mutability == "IMMUTABLE"
    error_message = "A tag must always mean the same image."
  }

  assert {
    condition     = one(aws_ecr_repository.this.image_scanning_configuration).scan_on_push && one(aws_ecr_repository.this.encryption_configuration).encryption_type == "AES256"
    error_message = "Images must be scanned and encrypted."
  }

  assert {
    condition     = !aws_ecr_repository.this.force_delete
    error_message = "Images must not be deleted with the repository unless that is chosen."
  }
}

run "releases_are_counted_and_only_leftovers_expire_by_age" {
  command = plan

  module {
    source = "./modules/registry"
  }

  variables {
    keep_images = 7
  }

  assert {
    condition = [
      for rule in jsondecode(aws_ecr_lifecycle_policy.this.policy).rules :
      [rule.selection.tagStatus, rule.selection.countType, rule.selection.countNumber]
    ] == [["untagged", "sinceImagePushed", 1], ["tagged", "imageCountMoreThan", 7]]
    error_message = "Untagged images go by age, releases by number."
  }

  assert {
    condition     = jsondecode(aws_ecr_lifecycle_policy.this.policy).rules[1].selection.tagPatternList == ["v*"]
    error_message = "Releases are tagged v*."
  }
}

run "too_few_images_for_a_rollback_are_refused" {
  command = plan

  module {
    source = "./modules/registry"
  }

  variables {
    keep_images = 4
  }

  expect_failures = [var.keep_images]
}

run "half_an_image_is_refused" {
  command = plan

  module {
    source = "./modules/registry"
  }

  variables {
    keep_images = 7.5
  }

  expect_failures = [var.keep_images]
}

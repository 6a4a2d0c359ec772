mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  bucket           = "notes-staging--site-123456789012-eu-central-1"
  distribution_arn = "arn:aws:cloudfront::123456789012:distribution/E1"
}

run "nobody_reaches_the_bucket_but_the_distribution" {
  command = plan

  module {
    source = "./modules/site"
  }

  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.this.block_public_acls,
      aws_s3_bucket_public_access_block.this.block_public_policy,
      aws_s3_bucket_public_access_block.this.ignore_public_acls,
      aws_s3_bucket_public_access_block.this.restrict_public_buckets,
    ])
    error_message = "The bucket must be private."
  }

  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default).sse_algorithm == "AES256"
    error_message = "The bucket must be encrypted, by S3's own keys: an ETag must stay an MD5."
  }

  assert {
    condition = alltrue([
      for statement in data.aws_iam_policy_document.bucket.statement :
      one(statement.principals).identifiers == toset(["cloudfront.amazonaws.com"])
      && one(statement.condition).variable == "AWS:SourceArn"
      && one(statement.condition).values == tolist(["arn:aws:cloudfront::123456789012:distribution/E1"])
    ])
    error_message = "Only this distribution reads the bucket, and nobody writes by its policy."
  }

  assert {
    condition     = toset(flatten(data.aws_iam_policy_document.bucket.statement[*].actions)) == toset(["s3:GetObject", "s3:ListBucket"])
    error_message = "The distribution reads objects and learns which are missing, and does no more."
  }
}

run "files_are_kept_from_deletion_unless_chosen" {
  command = plan

  module {
    source = "./modules/site"
  }

  assert {
    condition     = !aws_s3_bucket.this.force_destroy && aws_s3_bucket_versioning.this.versioning_configuration[0].status == "Enabled"
    error_message = "A bucket with files is not deleted by mistake."
  }
}

run "the_bucket_goes_with_its_files_by_choice" {
  command = plan

  module {
    source = "./modules/site"
  }

  variables {
    force_destroy = true
  }

  assert {
    condition     = aws_s3_bucket.this.force_destroy
    error_message = "An environment that is not protected must be destroyable."
  }
}

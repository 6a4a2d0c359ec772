"""The doors to AWS: one file per service, plain values in and out. Nothing else imports boto3."""

"""The doors to AWS: one file per service, plain values in and out. Nothing else imports boto3.

.. code-block:: text

    Which region, endpoint and credentials?                session.py
    How are AWS's API models read in less time?            models.py
    How are requests kept within AWS's quotas?             pacing.py
    What does an error of botocore become?                 errors.py
    Which characters and lengths does AWS take?            wording.py

    Who calls ECS?                                         ecs.py
    What does ECS answer, as values?                       ecs_shapes.py
    Who opens a terminal in a container?                   terminal.py
    Who calls Application Auto Scaling?                    scaling.py
    Who asks how targets are?                              elb.py
    Who reads and writes objects?                          s3.py
    Who asks for images?                                   ecr.py
    Who reads logs?                                        logs.py
    Who calls CloudFront?                                  cloudfront.py
    Who calls Cognito?                                     cognito.py
    Who calls Route 53?                                    route53.py
    Who calls RDS?                                         rds.py
    Who sends SQL?                                         rds_data.py
    Who keeps the app's own secrets?                       secrets_manager.py
    Who looks for its parameters?                          parameters.py
    Who reads the webhook, inside Lambda?                  secret.py
    Who makes service-linked roles?                        roles.py
    Who looks at all that a release relies on?             standing.py
    Who deletes what Terraform leaves behind?              leftovers.py

    What stands in for AWS in tests?                       fakes.py
    For a database and its Data API?                       fakes_database.py
    For RDS, ECR, Logs and secrets of the infrastructure?  fakes_infra.py
    For Application Auto Scaling?                          fakes_scaling.py
    For the app's own secrets?                             fakes_secrets.py
    For S3 and CloudFront?                                 fakes_site.py
"""

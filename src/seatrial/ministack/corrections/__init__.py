"""Where MiniStack answers otherwise than AWS does, or not at all: one small file a service.

Each function says in its docstring what AWS answers, and where that is written.

.. code-block:: text

    Which corrections are there?                         catalogue.py
    What is a correction, and how is it applied?         correction.py
    Where is noted what MiniStack does not keep?         notes.py
    How is an answer in XML changed?                     xml.py

    What is corrected in CloudFront?                     cloudfront.py
    In CloudTrail?                                       cloudtrail.py
    In Cognito's user pools?                             cognito.py
    In the discovery of its endpoints?                   cognito_discovery.py
    In the check of Cognito's access tokens?             cognito_tokens.py
    In EC2?                                              ec2/
    In Amazon Linux images and their public parameters?  images.py
    In ECR?                                              ecr.py
    In Elastic Load Balancing?                           elb.py
    In Data Firehose?                                    firehose.py
    In IAM?                                              iam.py
    In Lambda?                                           functions.py
    In CloudWatch Logs?                                  logs.py
    In RDS?                                              rds.py
    In the RDS Data API?                                 rds_data.py
    In Route 53?                                         route53.py
    In Secrets Manager?                                  secrets.py
    In Systems Manager?                                  ssm.py
    In WAF?                                              waf.py
    In texts that answers in XML contain?                escaping.py
    In the refusal of unknown calls?                     unknown.py
"""

"""The ELBv2 API's side, in the control plane: what MiniStack leaves out, and what the data plane is told.

.. code-block:: text

    Who sees the API's calls and passes changes to the data plane?            service.py
    How is the configuration read from the API?                               reading.py
    What does the data plane get of it?                                       configuration.py
    Who starts the data plane's process and speaks to it?                     plane.py

    What do callers send that MiniStack does not keep?                        sent_configuration.py
    What is added to its answers about rules and listeners?                   answering.py
    Which load balancers does a target group name?                            attached.py
    What does DescribeTargetHealth answer?                                    describe.py

    Where do the client secret and endpoints of a Cognito sign-in come from?  cognito.py
    Where does an application get the public key of `x-amzn-oidc-data`?       public_keys.py
    Who delivers access logs to S3?                                           delivery.py
"""

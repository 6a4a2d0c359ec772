"""EC2: one file a kind of resource.

.. code-block:: text

    What is corrected of an instance as it was launched?  instances.py
    Of attributes that change after the launch?           attributes.py
    Of its root volume?                                   volumes.py
    Of Elastic IP addresses?                              addresses.py
    Of key pairs?                                         key_pairs.py
    Of security groups?                                   groups.py
    Of routes?                                            routes.py
    Of VPC endpoints?                                     endpoints.py
    Of VPC flow logs?                                     flow_logs.py
    How are the filters of a Describe… call applied?      filters.py
"""

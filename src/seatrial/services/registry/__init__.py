"""The account's image registry: the OCI distribution API at ``/v2/``.

Blobs are files (``blobs.py``), never held in memory; manifests live in ECR, through its own API
(``repositories.py``), so that what was pushed is what ``DescribeImages`` shows.
"""

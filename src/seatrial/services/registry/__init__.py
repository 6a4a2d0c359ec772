"""The account's image registry: the OCI distribution API at ``/v2/``.

Blobs are files, never held in memory; manifests live in ECR, through its own API, so that what was pushed is what
``DescribeImages`` shows.

.. code-block:: text

    Who answers `docker push` and `docker pull`?                       app.py
    Which paths, errors and headers does the API have?                 protocol.py
    Who may push and pull?                                             login.py
    Where are blobs kept?                                              blobs.py
    Which blobs does a push still rely on?                             pending_blobs.py
    What does a manifest refer to?                                     manifests.py
    How are repositories and manifests read and written in ECR?        repositories.py
    Which images does a lifecycle policy expire?                       lifecycle.py
    Which copies does Docker keep?                                     pulled.py
    When do images go that are too many?                               housekeeping.py
    What is changed in ECR's own answers, and when are blobs deleted?  watcher.py
"""

"""The front end: built from a tag, kept by its content, published so that no open page breaks.

.. code-block:: text

    How is it built?                                       build.py
    Which files does a build have?                         listing.py
    What is where in the bucket, and how are builds kept?  bucket.py
    What changes when a build is published?                changes.py
    What does a file's name say, and who may cache it?     naming.py
    How does a publication go?                             publish.py
    Which build is live now?                               status.py
    What outside does it touch?                            doors.py
"""

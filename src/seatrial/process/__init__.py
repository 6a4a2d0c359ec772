"""The process of an embedded AWS, from inside and from outside.

.. code-block:: text

    Which services are there, in which order do they start and stop?  assembly.py
    What listens?                                                     server.py
    Which programs may it start?                                      fence.py
    What does it say where the disk is full?                          full_disk.py

    How is it started, asked and stopped from another process?        instance.py
    Which process is it?                                              running.py
    With which options does a browser find AWS's names?               names.py
    Who sets faults?                                                  faults.py
    What of it lies where, and how big is it?                         storage.py
    Which systems of AWS are real here, which stand-ins?              systems.py
    Through what do commands and other programs do all this?          control.py
    Which images do databases and functions run from, and are they
    here?                                                             images/
"""

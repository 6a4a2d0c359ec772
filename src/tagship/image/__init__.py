"""From a git tag to an image in the registry.

.. code-block:: text

    Which commit does a tag ship?            source.py
    Which tags are versions?                 version.py
    What is asked of git?                    git.py
    How are the files of a commit laid out?  checkout.py
    Which of them are Git LFS's?             pointer.py

    What does a builder promise?             builder.py
    How is an image built and pushed?        build.py
    Who speaks to `docker buildx`?           buildx.py
    How is what it prints read?              progress.py
    Which lines need BuildKit?               needs.py
    Which files does the build see?          context.py
    How are they laid out for buildx?        layout.py
    Which are ignored?                       dockerignore.py
    Who speaks to Docker?                    engine.py
    How is Docker's stream read?             stream.py
    What does Docker's complaint mean?       complaints.py
    From which commit was an image built?    registry.py
"""

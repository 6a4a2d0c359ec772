"""Why a release failed: from what is left of it to a named cause. Pure.

.. code-block:: text

    What is left of it?                                  evidence.py
    Which cause is it, and what is to be changed?        diagnosis.py
    What is a cause?                                     cause.py
    Which causes are there, in which order?              causes.py
    … of a container that ended by itself?               causes_of_ends.py
    By which signs is each known?                        signs.py
    Which secret could ECS not give it?                  secret_signs.py
    Which line of a log did it die of?                   fatal.py
    What do programs print when they end?                last_words.py  last_words.txt
    What do they print when they start?                  startup_log.py
    How is a line without colours, times, levels?        log_lines.py
    What is to be done where a cause has several cures?  advice.py
    What does the runbook say?                           runbook.py  runbook.md
"""

"""The function that runs in Lambda: standard library only, but for the door to its secret (``aws/secret.py``).

.. code-block:: text

    What does Lambda call?                          index.py
    What comes, and which messages does it become?  messages.py
    What is in an alarm?                            alarm.py
    How is an alarm told?                           alarm_text.py
    How is an event of ECS or of scaling told?      event_text.py
    How are metrics, places and moments told?       words.py
    What is a message, and what is Slack sent?      message.py
    How is it posted?                               slack.py
"""

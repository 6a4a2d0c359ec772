"""The terminal: one file per command; parse, call, show.

.. code-block:: text

    Where does `tagship` begin, and end with an error?  main.py
    How is a command found without importing all?       lazy.py
    Which options do commands share?                    options.py
    How is anything shown?                              output.py
    Which environment is a hint about?                  addressed.py

    `tagship infra`?                                    infra/
    `tagship secret`?                                   secret/
    `tagship local`?                                    local/
    `tagship init`?                                     init.py
    `tagship check`?                                    check.py
    `tagship cost`?                                     cost.py
    `tagship deploy`?                                   deploy.py
    `tagship rollback`?                                 rollback.py
    `tagship recover`?                                  recover.py
    `tagship wait`?                                     wait.py
    `tagship rehearse`?                                 rehearse.py
    `tagship status`?                                   status.py
    `tagship history`?                                  history.py
    `tagship explain`?                                  explain.py
    `tagship logs`?                                     logs.py
    `tagship run`?                                      run.py
    `tagship exec`?                                     exec.py
    `tagship scale`?                                    scale.py
    `tagship completion`?                               completion.py

    How do a release's events read?                     narration.py
    Which line of them moves?                           live.py
    Which line moves, on a terminal?                    moving.py
    How are they printed for programs?                  documents.py
    What does GitHub Actions get?                       github.py
    What does a release end with: words and exit code?  verdict.py
    What does Ctrl-C do meanwhile?                      interruption.py
    How does this terminal become one in a container?   window.py
"""

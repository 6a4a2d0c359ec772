"""The vocabulary: what ``tagship.yaml`` can say, typed, frozen and pure, and every AWS name made from it.

.. code-block:: text

    How is `tagship.yaml` read?                                  load.py
    Where in the file was a value written?                       document.py
    How is a problem worded?                                     problems.py
    What does it say that it hardly means?                       doubts.py
    What may a misspelled word have meant?                       spelling.py
    Are the named files there?                                   files.py

    What can a manifest say?                                     model.py
    What can a service say?                                      service.py
    Where does a secret value lie?                               secret_source.py
    What can network, site, database and the other systems say?  systems.py
    What may an environment say differently?                     overrides.py
    Which environment is meant, and on which AWS?                address.py
    What does the embedded AWS make of an environment?           embedded.py
    What do all parts have in common?                            part.py
    Which small types are they made of?                          types.py
    Which sizes does Fargate have?                               fargate.py
    Which regions are there?                                     regions.py
    What do editors check against?                               schema.py

    What is a resource of a service called?                      names.py
    What are all other resources called?                         system_names.py

    How is a first `tagship.yaml` drafted?                       draft.py
    What is known of the repository for that?                    survey.py
    Is there a front end, and is it built?                       frontend.py
    What does a Dockerfile tell?                                 dockerfile.py
    How is a Dockerfile taken apart?                             instructions.py
"""

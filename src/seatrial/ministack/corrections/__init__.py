"""Where MiniStack answers otherwise than AWS does, or not at all: one small file a service.

Each function says in its docstring what AWS answers, and where that is written; ``catalogue.py`` lists them.
"""

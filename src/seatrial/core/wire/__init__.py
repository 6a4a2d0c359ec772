"""AWS's wire: which operation a request is (``parsing.py``), how large it may be (``bodies.py``), what botocore's
models say of it (``modelled.py``), its parameters read and changed (``correction_forms.py``), and the answers in each
protocol (``protocols/``).
"""

"""Functions, run where they cannot reach this machine.

CloudFront Functions run in a V8 isolate without input or output: ``isolate.py``; what AWS's runtime gives them is in
``runtime.js``. Lambda functions run in containers of their own: MiniStack starts them, and
``seatrial/ministack/lent_engine.py`` says with which bounds. Nothing else may start a program
from within the embedded AWS: ``process/fence.py``.
"""

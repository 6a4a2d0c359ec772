"""The machinery: a request comes in, is described, is answered by a service; what a service is given.

How is a request answered? ``gateway.py``. How does a service plug in? ``service.py``. What is it given?
``context.py``. How is AWS's wire read and written? ``wire/``. Where is Docker? ``engine.py``. What outlives the
process? ``state.py``; what if that is damaged, or the disk is full? ``damage.py``, ``room.py``. What is made to go
wrong? ``faults/``. What runs in a process of its own? ``companion/`` starts it again and again.
"""

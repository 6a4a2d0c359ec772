"""The server side of AWS's wire protocols, by botocore's models: what a client's botocore writes, we read; and back.

.. code-block:: text

    Which protocol does a call speak, and who reads it?    codec.py
    How are forms read and answered?                       query.py
    And those of EC2?                                      ec2.py
    And forms where no model is at hand?                   forms.py
    How is JSON read and written?                          json_values.py
    How is CBOR?                                           cbor.py
    Which operation is a call by REST, and what with?      rest.py
    What do values of AWS's types look like in Python?     shapes.py
"""

from seatrial.core.wire.protocols.codec import Codec

__all__ = ["Codec"]

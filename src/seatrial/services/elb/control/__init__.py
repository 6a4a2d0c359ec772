"""The ELBv2 API's side, in the control plane: what MiniStack leaves out, and what the data plane is told."""

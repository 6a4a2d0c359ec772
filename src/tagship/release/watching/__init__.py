"""How rollouts are followed until each is decided."""

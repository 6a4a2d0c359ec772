"""The vocabulary: what ``tagship.yaml`` can say, typed, frozen and pure, and every AWS name made from it."""

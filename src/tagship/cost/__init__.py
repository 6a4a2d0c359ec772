"""What an environment costs a month: from a dated price list, without asking AWS. Pure."""

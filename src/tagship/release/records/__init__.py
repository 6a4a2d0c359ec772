"""What is written down of each release: its record, its turn, its verdict."""

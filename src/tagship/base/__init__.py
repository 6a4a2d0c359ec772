"""What every part may use: errors, events, process, clock. Standard library only."""

"""The chapters, a file each."""

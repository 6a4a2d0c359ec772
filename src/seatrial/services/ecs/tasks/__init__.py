"""Tasks: started, watched, stopped. Who does what when? ``runner.py``."""

"""What a container prints, on its way to CloudWatch Logs: ``driver.py``."""

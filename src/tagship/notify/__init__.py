"""What tells people: the function that speaks to Slack, and its package."""

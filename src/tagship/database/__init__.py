"""The database from within: the application's own user."""

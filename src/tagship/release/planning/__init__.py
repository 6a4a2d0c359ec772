"""What a release is going to do, decided from what is there before anything is touched."""

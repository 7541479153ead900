"""What differs by venue, one file each."""

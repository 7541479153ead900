"""What a user can check, measured on this machine in one run, beside what it is compared with."""

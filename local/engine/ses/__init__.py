"""Amazon SES where ministack stops: what becomes of a mail after it was taken."""

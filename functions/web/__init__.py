"""What people read and answer: the mails, the page behind a personal link, and the operators' routes."""

"""What the next run would do, and how late events really come; changes nothing."""

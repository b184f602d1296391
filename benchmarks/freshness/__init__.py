"""What each way to keep the numbers fresh costs in a day, by real runs."""

"""What each way to keep the numbers fresh costs in a day: `docs/freshness.md`."""

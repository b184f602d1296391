"""The report: one page of HTML with the numbers, the charts, and what they mean."""

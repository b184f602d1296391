"""What the tables say: questions, tables for a terminal, charts, and the report."""

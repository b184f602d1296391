"""What all rooms stand on: settings, errors, the database, dbt, processes and files."""

"""The dashboards in Apache Superset: its environment, folder, contents and server."""

"""The events as Parquet for Apache Spark: one folder a UTC day."""

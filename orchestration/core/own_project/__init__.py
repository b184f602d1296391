"""The small dbt project of a user: settings, own models, and ours as its package."""

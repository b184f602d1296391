"""The database: the embedded server, and connections to whichever is used."""

"""When things happen. Prefect is imported by the modules that need it, never by this package."""

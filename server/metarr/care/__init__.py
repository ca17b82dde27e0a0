"""Health, forecast, backup and support."""

"""What players hold, report and are due."""

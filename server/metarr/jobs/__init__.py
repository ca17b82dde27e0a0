"""Long work that is stored: begun, watched, cancelled, resumed; the queue of scarce quotas; the daily run."""

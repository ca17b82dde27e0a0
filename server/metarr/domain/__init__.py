"""The domain: what a value is, who may set it, and why. Pure: no I/O, no clock, no logging."""

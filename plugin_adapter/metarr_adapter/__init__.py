"""What every host's adapter shares. Only the standard library, from Python 3.8 on: a host brings its own Python."""

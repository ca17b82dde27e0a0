"""The Kodi add-on. Only the standard library, from Python 3.8 on: Kodi brings its own Python."""

"""Where people meet ethoframe: the command line."""

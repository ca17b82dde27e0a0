"""What a host's child process runs, and which kinds of hosts there are."""

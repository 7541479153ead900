"""The embedded AWS: ministack with its gaps mended, as one child process on 127.0.0.1."""

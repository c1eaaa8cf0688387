"""The session logic of the engine, sans I/O: events and audio in; events, audio and jobs out; time is an argument."""

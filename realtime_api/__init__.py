"""The Realtime API as data: session configuration, both dialects, events, errors, catalog. No I/O, no clock."""

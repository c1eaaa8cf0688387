"""Language model, recogniser and voice reached by URL: servers of the OpenAI-compatible HTTP API."""

"""The site: a form becomes a session configuration, a provider turns it into an ephemeral key, a page talks with it."""

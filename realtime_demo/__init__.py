"""The composition root: settings, URLs and the ASGI application. The only package that knows every other."""

"""Static files under hashed names, compressed, with the imports inside JavaScript modules rewritten to match."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    # Without it a page would load hashed entry modules that import unhashed ones. Imports must end in a semicolon.
    support_js_module_import_aggregation = True

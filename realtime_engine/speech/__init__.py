"""Speech models and signal processing: what the core's ports and jobs are made of."""

import os

# By default onnxruntime, here and in worker processes, leaves an identifier in the user's home and reports to its
# maker. Read once, before its first import.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

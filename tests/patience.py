"""How long tests wait for what has to come."""

PATIENCE = 60.0
"""Seconds. Only ends what hangs: on a busy machine everything takes its time, and no test is about that."""

"""A pipecat pipeline with the same voice activity detector and turn judge as the engine, for benchmarks/cost.py."""

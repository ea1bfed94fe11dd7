"""The rows of Benchmarks/journal; processes and load are those of Tests/faults."""

import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "Tests", "faults"))

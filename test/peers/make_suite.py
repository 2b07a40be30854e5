"""Writes the tables and the statements of a public suite of the package benchbox into a folder: suite.json and files with `|` between values.

Usage: make_suite.py SUITE FOLDER
"""

import json
import os
import sys
import warnings

warnings.filterwarnings("ignore")
import benchbox  # noqa: E402

SCALE = 0.01

suite, folder = sys.argv[1], sys.argv[2]
os.makedirs(folder, exist_ok=True)
benchmark = getattr(benchbox, suite)(scale_factor=SCALE, output_dir=folder)
# It tells its steps on the output.
benchmark.generate_data()
with open(os.path.join(folder, "suite.json"), "w", encoding="utf-8") as file:
    queries = {str(name): sql for name, sql in benchmark.get_queries().items()}
    json.dump({"tables": benchmark.get_create_tables_sql(), "queries": queries}, file)

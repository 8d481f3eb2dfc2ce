"""Reads a JSON list of [minute, mg/dL] pairs and writes what is to be stored."""

import json
import sys

from glucose_worker.series import deduplicate, gaps


def main():
    readings = [tuple(pair) for pair in json.load(sys.stdin)]
    json.dump({"readings": deduplicate(readings), "gaps": gaps(readings)}, sys.stdout)


if __name__ == "__main__":
    main()

"""The truth table: every specimen of the zoo examined blind, beside what there is to find.

python benchmarks/truth_table.py            print it
python benchmarks/truth_table.py --write    and store the rates that verdicts quote
"""

import argparse
from pathlib import Path

import mesascope.studies
from mesascope.studies.calibration import FILE, calibrate

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--seeds", type=int, default=5)
parser.add_argument("--write", action="store_true")
options = parser.parse_args()

record = calibrate(range(options.seeds), lambda name: None)
print(f"{'specimen':44} {'truth':13} {'answers':34} horizon (found)  read out, first seed")
for row in record.rows:
    answers = ", ".join(f"{row.answers.count(a)} {a}" for a in dict.fromkeys(row.answers))
    horizons = "/".join(dict.fromkeys(row.horizons))
    print(
        f"{row.specimen:44} {row.truth:13} {answers:34} {row.horizon:>7} ({horizons}) "
        f" {row.read_out[0]}"
    )
for line, rate in record.false_positives.items():
    print(
        f"false positives of {line!r}: {rate.estimate:.3f} "
        f"[{rate.low:.3f}, {rate.high:.3f}] of {rate.samples}"
    )
if options.write:
    path = Path(mesascope.studies.__file__).with_name(FILE)
    path.write_text(record.model_dump_json(indent=1) + "\n", encoding="utf-8")
    print(f"written to {path.name}")

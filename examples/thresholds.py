"""Print the thresholds and sample sizes that an audit uses unless told otherwise."""

from dataclasses import asdict

from mesascope.auditing.settings import Settings

for name, value in asdict(Settings()).items():
    print(f"{name:<20} {value}")

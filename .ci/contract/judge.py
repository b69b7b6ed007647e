"""Says what the contract run found, and fails unless all of it ran and nothing was found."""

import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    report = json.load(file)
found = sum(failure["count"] for failure in report["failures"])
operations, errors = report["operations"], report["errors"]
for failure in report["failures"]:
    for operation in failure["operations"]:
        print(f"  {failure['code']} {failure['title']}: {operation}")
for error in errors:
    print(f"  error: {json.dumps(error)[:400]}")
tested, selected = operations["tested"], operations["selected"]
print(
    f"contract: {found} findings, {len(errors)} errors, {tested} of {selected} operations, "
    f"{report['test_cases']['generated']} requests made, seed {report['seed']}"
)
sys.exit(0 if found == 0 and not errors and report["complete"] and 0 < tested == selected else 1)

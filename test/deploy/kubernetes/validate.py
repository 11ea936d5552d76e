"""Reads {"files": [...], "versions": [...]} and prints what is wrong with each, as a JSON list of lines."""
import json
import sys

import kubernetes_validate
import yaml

wanted = json.load(sys.stdin)
problems = []
for text in wanted["files"]:
    manifest = yaml.safe_load(text)
    for version in wanted["versions"]:
        try:
            kubernetes_validate.validate(manifest, version, strict=True)
        except Exception as error:
            reason = str(error).splitlines()[0] if str(error) else repr(error)
            problems.append(f"{version} {manifest['kind']}: {reason}")
print(json.dumps(problems))

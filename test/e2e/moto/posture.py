"""Fills the emulated account with good and bad things: `posture.py <port> <services or "all"> <region>...`.

One file of `posture/` per service, with `seed(client, region, account_id, judged)`. Of each thing it makes it says what the
checks must say of it: `judged.bad(check, token)` and `judged.good(check, token)`. A token is part of the thing's ARN, name or id.
Everything that is bad must be said, also of things made for another check. Prints {"bad": ..., "good": ..., "failed": [...]}.
"""

import importlib
import json
import pathlib
import sys

import boto3
from botocore.config import Config

ACCOUNT = "123456789012"
# Others are made of these; the rest follows in the order of its name.
FIRST = ["iam", "kms", "logs", "s3", "ec2", "sns"]


class Judged:
    """What must be said, by check: `<place> <token>`. A place is a region or `global`, in another account `<account>:<region>`."""

    def __init__(self, region):
        self.region = region
        self.said = {"bad": {}, "good": {}}

    def _say(self, verdict, check, token, place):
        self.said[verdict].setdefault(check, []).append(f"{place or self.region} {token}")

    def bad(self, check, token, place=None):
        self._say("bad", check, token, place)

    def good(self, check, token, place=None):
        self._say("good", check, token, place)


def main(port, services, regions):
    def client(service, region):
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=f"http://127.0.0.1:{port}",
            aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
            aws_secret_access_key="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            config=Config(retries={"total_max_attempts": 1}),
        )

    names = sorted(path.stem for path in pathlib.Path(__file__).with_name("posture").glob("[a-z]*.py"))
    wanted = [name for name in names if services == "all" or name in services.split(",")]
    said, failed = {"bad": {}, "good": {}}, []
    for name in sorted(wanted, key=lambda name: (FIRST.index(name) if name in FIRST else len(FIRST), name)):
        module = importlib.import_module(f"posture.{name}")
        for region in ["us-east-1"] if getattr(module, "GLOBAL", False) else regions:
            judged = Judged("global" if getattr(module, "GLOBAL", False) else region)
            try:
                module.seed(lambda service, at=None, region=region: client(service, at or region), region, ACCOUNT, judged)
            except Exception as error:
                failed.append(f"posture/{name}.py in {region}: {error!r}")
            for verdict, checks in judged.said.items():
                for check, lines in checks.items():
                    said[verdict].setdefault(check, []).extend(lines)
    print(json.dumps({**said, "failed": failed}))


main(sys.argv[1], sys.argv[2], sys.argv[3:])

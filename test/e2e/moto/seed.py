"""Fills the emulated account: `seed.py <port> <region>...`. One file of `seed/` per service; the first region is the home of global ones."""

import importlib
import json
import pathlib
import sys
import time

import boto3
from botocore.config import Config

ACCOUNT = "123456789012"
# Others are made of these; the rest follows in the order of its name.
FIRST = ["iam", "kms", "logs", "s3", "ec2", "sns", "sqs", "lambda", "ecr", "secretsmanager"]


def main(port, regions):
    def client(service, region):
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=f"http://127.0.0.1:{port}",
            aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
            aws_secret_access_key="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            config=Config(retries={"total_max_attempts": 1}),
        )

    names = sorted(path.stem for path in pathlib.Path(__file__).with_name("seed").glob("[a-z]*.py"))
    took, failed = {}, []
    for name in sorted(names, key=lambda name: (FIRST.index(name) if name in FIRST else len(FIRST), name)):
        module = importlib.import_module(f"seed.{name}")
        begun = time.monotonic()
        for region in ["us-east-1"] if getattr(module, "GLOBAL", False) else regions:
            try:
                module.seed(lambda service, region=region: client(service, region), region, ACCOUNT)
            except Exception as error:
                failed.append(f"seed/{name}.py in {region}: {error!r}")
        took[name] = round((time.monotonic() - begun) * 1000)
    print(json.dumps(took))
    if failed:
        sys.exit("\n".join(failed))


main(sys.argv[1], sys.argv[2:])

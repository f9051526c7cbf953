"""moto, the AWS emulator, in this process: with a clock of its own, and a sender of signed requests."""

import datetime
import http.client
import logging
import os

os.environ.update(MOTO_EC2_LOAD_DEFAULT_AMIS="false", MOTO_IAM_LOAD_MANAGED_POLICIES="false")
import moto.core.utils

NOW = datetime.datetime(2026, 11, 21, 8, 0, 0)


class Clock:
    """moto's clock. It stands still; seeding moves it so that keys, snapshots and certificates are old."""

    now = NOW

    def back(self, days):
        self.now = NOW - datetime.timedelta(days=days)


clock = Clock()
# Before any other module of moto loads: they import the function by name.
moto.core.utils.utcnow = lambda: clock.now

import boto3
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from moto.moto_api._internal import mock_random
from moto.server import ThreadedMotoServer

EMULATED, ACCOUNT = "123456789012", "111122223333"
HOME, OTHER, UNTOUCHED = "eu-west-1", "us-east-1", "eu-central-1"
ROOT_KEY = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")

VERSIONS = {"ec2": "2016-11-15", "iam": "2010-05-08", "sts": "2011-06-15", "rds": "2014-10-31"}


class Emulator:
    def __init__(self):
        logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        self.stop = server.stop
        self.host, self.port = server.get_host_and_port()
        mock_random.seed(42)

    def client(self, service, region=HOME):
        return boto3.client(
            service, region_name=region, endpoint_url=f"http://{self.host}:{self.port}", aws_access_key_id=ROOT_KEY.access_key,
            aws_secret_access_key=ROOT_KEY.secret_key,
        )

    def send(self, method, aws_host, path, headers=None, body=""):
        wire = http.client.HTTPConnection(self.host, self.port, timeout=30)
        wire.request(method, path, body=body.encode(), headers={**(headers or {}), "Host": aws_host})
        answer = wire.getresponse()
        return answer.status, answer.getheader("Content-Type"), answer.read().decode()

    def signed(self, service, region, method, path, headers=None, body="", key=ROOT_KEY):
        """Sends one request as AWS's own SDK would sign it."""
        host = {"iam": "iam.amazonaws.com", "s3control": f"s3-control.{region}.amazonaws.com"}.get(
            service, f"{service}.{region}.amazonaws.com"
        )
        request = AWSRequest(method, f"https://{host}{path}", dict(headers or {}), body)
        signer = S3SigV4Auth if service in ("s3", "s3control") else SigV4Auth
        request.headers["Host"] = host
        signer(key, "s3" if service == "s3control" else service, "us-east-1" if service == "iam" else region).add_auth(request)
        return self.send(method, host, path, dict(request.headers), body)

    def authentication(self, on):
        """moto checks signatures and policies from the n-th call on."""
        status, _, body = self.send(
            "POST", "moto_api", "/moto-api/reset-auth", {"Content-Type": "text/plain"}, "0" if on else "inf"
        )
        assert status == 200, body

"""Records real wire answers of moto, the AWS emulator, as simulator/recordings/<service>/<Operation>[.<case>].json.

One varied account is seeded by boto3 (seed.py); then every operation of the collectors is sent as a raw SigV4-signed HTTP
request, with the Host header of the real AWS host (emulator.py), and the answer's body is kept as moto wrote it. Only the
emulator's account id is replaced. Clock and ids are pinned, so that a second run gives nearly the same files.
"""

import base64
import json
from pathlib import Path
from urllib.parse import urlencode

from emulator import ACCOUNT, EMULATED, HOME, OTHER, ROOT_KEY, UNTOUCHED, VERSIONS, Credentials, Emulator
from seed import seed_account, seed_powerless

OUT = Path(__file__).resolve().parents[2] / "simulator" / "recordings"


def without_account(text):
    return text.replace(EMULATED, ACCOUNT)


class Recorder:
    def __init__(self, emulator):
        self.emulator, self.kept = emulator, set()

    def keep(self, service, operation, case, answer, expect=200):
        status, content_type, body = answer
        if operation == "GetCredentialReport" and status == 200:
            # The account id stands inside base64.
            content = body.partition("<Content>")[2].partition("</Content>")[0]
            plain = without_account(base64.b64decode(content).decode())
            body = body.replace(content, base64.b64encode(plain.encode()).decode())
        recording = {
            "service": service, "operation": operation, "case": case, "status": status, "contentType": content_type,
            "body": without_account(body),
        }
        if status != expect:
            print(f"UNEXPECTED {service} {operation} {case}: {status} {body[:300]}")
        file = OUT / service / (f"{operation}.json" if case is None else f"{operation}.{case}.json")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(recording, indent=2, ensure_ascii=False) + "\n")
        self.kept.add(file)

    def query(self, service, operation, parameters=None, *, case=None, region=HOME, key=ROOT_KEY, expect=200):
        body = urlencode({"Action": operation, "Version": VERSIONS[service], **(parameters or {})})
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
        self.keep(service, operation, case, self.emulator.signed(service, region, "POST", "/", headers, body, key), expect)

    def acm(self, operation, parameters=None, *, case=None, region=HOME, key=ROOT_KEY, expect=200):
        headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"CertificateManager.{operation}"}
        answer = self.emulator.signed("acm", region, "POST", "/", headers, json.dumps(parameters or {}), key)
        self.keep("acm", operation, case, answer, expect)

    def s3(self, operation, path, *, case=None, region=HOME, key=ROOT_KEY, expect=200):
        self.keep("s3", operation, case, self.emulator.signed("s3", region, "GET", path, key=key), expect)

    def s3control(self, *, case=None, expect=200):
        headers = {"x-amz-account-id": EMULATED}
        answer = self.emulator.signed("s3control", HOME, "GET", "/v20180820/configuration/publicAccessBlock", headers)
        self.keep("s3control", "GetPublicAccessBlock", case, answer, expect)


def record_ec2(recorder):
    recorder.query("ec2", "DescribeRegions")
    recorder.query("ec2", "DescribeRegions", {"AllRegions": "true"}, case="all-regions")
    limit = {"MaxResults": 1000}
    lists = {
        "DescribeInstances": limit,
        "DescribeVolumes": limit,
        "DescribeSnapshots": {**limit, "Owner.1": "self"},
        "DescribeImages": {**limit, "Owner.1": "self", "IncludeDisabled": "true"},
        "DescribeAddresses": {},
        "DescribeSecurityGroups": limit,
        "DescribeNetworkInterfaces": limit,
    }
    for operation, parameters in lists.items():
        for region in (HOME, OTHER, UNTOUCHED):
            recorder.query("ec2", operation, parameters, case=None if region == HOME else region, region=region)


def record_s3(recorder, buckets):
    recorder.s3("ListBuckets", "/?max-buckets=1000")
    settings = {
        "GetPublicAccessBlock": "publicAccessBlock",
        "GetBucketPolicy": "policy",
        "GetBucketVersioning": "versioning",
        "GetBucketLogging": "logging",
        "GetBucketEncryption": "encryption",
        "GetBucketTagging": "tagging",
    }
    for operation, word in settings.items():
        for bucket, (region, present) in buckets.items():
            expect = 200 if word in present or word in ("versioning", "logging") else 404
            recorder.s3(operation, f"/{bucket}?{word}", case=bucket, region=region, expect=expect)
    recorder.s3("GetBucketVersioning", "/cloudglass-no-such-bucket?versioning", case="error-no-such-bucket", expect=404)


def record_iam(recorder, users, key_ids):
    recorder.query("iam", "GetAccountSummary")
    recorder.query("iam", "GetAccountPasswordPolicy")
    recorder.query("iam", "GetCredentialReport", case="error-not-present", expect=410)
    for case in ("started", None):
        recorder.query("iam", "GenerateCredentialReport", case=case)
    recorder.query("iam", "GetCredentialReport")
    recorder.query("iam", "ListUsers", {"MaxItems": 1000})
    for user in users:
        recorder.query("iam", "ListAccessKeys", {"UserName": user}, case=user)
        recorder.query("iam", "ListMFADevices", {"UserName": user}, case=user)
    recorder.query("iam", "ListAccessKeys", {"UserName": "nobody"}, case="error-no-such-user", expect=404)
    recorder.query("iam", "ListVirtualMFADevices", {"AssignmentStatus": "Assigned", "MaxItems": 1000})
    recorder.query("iam", "ListServerCertificates", {"MaxItems": 1000})
    for case, key_id in key_ids.items():
        recorder.query("iam", "GetAccessKeyLastUsed", {"AccessKeyId": key_id}, case=case)


def record_rds(recorder, snapshots):
    for region in (HOME, OTHER, UNTOUCHED):
        case = None if region == HOME else region
        recorder.query("rds", "DescribeDBInstances", {"MaxRecords": 100}, case=case, region=region)
        recorder.query("rds", "DescribeDBSnapshots", {"MaxRecords": 100, "SnapshotType": "manual"}, case=case, region=region)
    for name in snapshots:
        recorder.query("rds", "DescribeDBSnapshotAttributes", {"DBSnapshotIdentifier": name}, case=name)
    gone = {"DBSnapshotIdentifier": "gone"}
    recorder.query("rds", "DescribeDBSnapshotAttributes", gone, case="error-not-found", expect=404)


def record_acm(recorder, certificates):
    kinds = "RSA_1024 RSA_2048 RSA_3072 RSA_4096 EC_prime256v1 EC_secp384r1 EC_secp521r1".split()
    for region in (HOME, OTHER, UNTOUCHED):
        parameters = {"Includes": {"keyTypes": kinds}, "MaxItems": 1000}
        recorder.acm("ListCertificates", parameters, case=None if region == HOME else region, region=region)
    for case, (region, arn) in certificates.items():
        recorder.acm("DescribeCertificate", {"CertificateArn": arn}, case=case, region=region)
        recorder.acm("ListTagsForCertificate", {"CertificateArn": arn}, case=case, region=region)
    gone = f"arn:aws:acm:{HOME}:{EMULATED}:certificate/00000000-0000-4000-8000-000000000000"
    recorder.acm("DescribeCertificate", {"CertificateArn": gone}, case="error-not-found", expect=400)


def assume(name):
    return {"RoleArn": f"arn:aws:iam::{EMULATED}:role/{name}", "RoleSessionName": "cloudglass-scan", "ExternalId": "cg-1"}


def record_sts(recorder):
    recorder.query("sts", "GetCallerIdentity")
    recorder.query("sts", "AssumeRole", assume("CloudglassAudit"))


def record_errors(recorder, powerless):
    """What moto answers once it checks: a key without any permission, a wrong secret, a key nobody has."""
    recorder.emulator.authentication(True)
    keys = {
        "error-denied": (powerless, 403),
        "error-wrong-secret": (Credentials(powerless.access_key, "not-the-secret"), 403),
        "error-unknown-key": (Credentials("AKIANOBODYHASTHISKEY", "no-secret"), 403),
    }
    for case, (key, status) in keys.items():
        refused = {"case": case, "key": key, "expect": status}
        ec2_status = {**refused, "expect": 403 if case == "error-denied" else 401}
        recorder.query("ec2", "DescribeInstances", {"MaxResults": 1000}, **ec2_status)
        recorder.query("ec2", "DescribeRegions", **ec2_status)
        recorder.s3("ListBuckets", "/?max-buckets=1000", **refused)
        recorder.s3("GetBucketPolicy", "/cloudglass-hardened?policy", **refused)
        recorder.query("iam", "ListUsers", {"MaxItems": 1000}, **refused)
        recorder.query("rds", "DescribeDBInstances", {"MaxRecords": 100}, **refused)
        recorder.acm("ListCertificates", {"MaxItems": 1000}, **refused)
        recorder.query("sts", "AssumeRole", assume("CloudglassAudit"), **refused)
    recorder.emulator.authentication(False)


def main():
    emulator = Emulator()
    recorder = Recorder(emulator)
    recorder.query("iam", "GetAccountPasswordPolicy", case="error-not-set", expect=404)
    recorder.s3control(case="error-not-set", expect=404)
    users, keys, buckets, snapshots, certificates = seed_account(emulator)
    record_ec2(recorder)
    record_s3(recorder, buckets)
    recorder.s3control()
    record_iam(recorder, users, {case: key["AccessKeyId"] for case, key in keys.items()})
    record_rds(recorder, snapshots)
    record_acm(recorder, certificates)
    record_sts(recorder)
    record_errors(recorder, seed_powerless(emulator))
    emulator.stop()
    for stale in set(OUT.rglob("*.json")) - recorder.kept:
        stale.unlink()
    print(f"{len(recorder.kept)} recordings, {sum(file.stat().st_size for file in recorder.kept):,} bytes")


if __name__ == "__main__":
    main()

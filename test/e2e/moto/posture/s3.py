"""Buckets: as it should be, where logs go, those of the trails, one that a stranger may read and one open to everybody."""

import json

from posture.iam import PARTNER

# Bad in a bucket that has nothing of what it should have.
WANTED = (
    "s3_bucket_logging_off",
    "s3_bucket_no_kms",
    "s3_bucket_no_lifecycle",
    "s3_bucket_no_tls_policy",
    "s3_bucket_public",
    "s3_bucket_public_access_block_off",
    "s3_bucket_versioning_off",
)


def make(s3, name, region, *statements):
    """A bucket that is as it should be, but that its requests are not logged."""
    where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    s3.create_bucket(Bucket=name, **where)
    arn = f"arn:aws:s3:::{name}"
    unencrypted = {"Bool": {"aws:SecureTransport": "false"}}
    refusal = {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "s3:*", "Resource": [arn, f"{arn}/*"], "Condition": unencrypted}
    allowed = [{"Effect": "Allow", "Resource": f"{arn}/*", **statement} for statement in statements]
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [refusal, *allowed]}))
    blocks = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
    s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=blocks)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    key = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/data"}, "BucketKeyEnabled": True}
    s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [key]})
    s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": [{"Key": "data-classification", "Value": "confidential"}]})
    cleaned = {"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}, "NoncurrentVersionExpiration": {"NoncurrentDays": 90}}
    rule = {"ID": "old", "Status": "Enabled", "Filter": {"Prefix": ""}, **cleaned}
    s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": [rule]})


def seed(client, region, account_id, judged):
    s3 = client("s3")

    def bucket(kind, *statements):
        name = f"posture-{kind}-{region}"
        make(s3, name, region, *statements)
        return name

    logs = bucket("logs", {"Principal": {"Service": "logging.s3.amazonaws.com"}, "Action": "s3:PutObject"})
    sound, trail = bucket("sound"), bucket("trail")
    partner = bucket("partner", {"Principal": {"AWS": f"arn:aws:iam::{PARTNER}:root"}, "Action": "s3:GetObject"})
    for name in (sound, trail, partner):
        s3.put_bucket_logging(Bucket=name, BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": logs, "TargetPrefix": ""}})
    judged.good("s3_bucket_cross_account", sound)
    judged.bad("s3_bucket_cross_account", partner)

    bare = bucket("bare")
    s3.delete_public_access_block(Bucket=bare)
    s3.put_bucket_versioning(Bucket=bare, VersioningConfiguration={"Status": "Suspended"})
    s3.delete_bucket_lifecycle(Bucket=bare)
    plain = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    s3.put_bucket_encryption(Bucket=bare, ServerSideEncryptionConfiguration={"Rules": [plain]})
    objects = {"Effect": "Allow", "Resource": f"arn:aws:s3:::{bare}/*"}
    anybody = {**objects, "Principal": "*", "Action": "s3:GetObject"}
    delivery = {**objects, "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "s3:PutObject"}
    s3.put_bucket_policy(Bucket=bare, Policy=json.dumps({"Version": "2012-10-17", "Statement": [anybody, delivery]}))
    for check in WANTED:
        judged.good(check, sound)
        judged.bad(check, bare)
    judged.bad("s3_bucket_mfa_delete_off", bare)
    if region == "us-east-1":
        judged.bad("s3_account_public_access_block_off", account_id, "global")

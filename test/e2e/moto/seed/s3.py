"""Buckets: shut, open by policy and by list, encrypted, versioned, logged; and the account's own block, once."""

import json


def without_account(request, account_id):
    request.url = request.url.replace(f"//{account_id}.", "//")


def seed(client, region, account_id):
    s3 = client("s3")
    where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}

    def bucket(kind, **more):
        name = f"cloudglass-{kind}-{region}"
        s3.create_bucket(Bucket=name, **where, **more)
        return name

    logs = bucket("logs")
    s3.put_bucket_lifecycle_configuration(
        Bucket=logs,
        LifecycleConfiguration={
            "Rules": [{"ID": "old", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 365}}]
        },
    )
    shut = bucket("shut")
    s3.put_public_access_block(
        Bucket=shut,
        PublicAccessBlockConfiguration=dict.fromkeys(
            ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
        ),
    )
    s3.put_bucket_versioning(Bucket=shut, VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_encryption(
        Bucket=shut,
        ServerSideEncryptionConfiguration={
            "Rules": [
                {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/data"}, "BucketKeyEnabled": True}
            ]
        },
    )
    s3.put_bucket_tagging(Bucket=shut, Tagging={"TagSet": [{"Key": "env", "Value": "production"}, {"Key": "team", "Value": "ö & <data>"}]})
    website = bucket("website")
    s3.delete_public_access_block(Bucket=website)
    everybody = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{website}/*"}
    s3.put_bucket_policy(Bucket=website, Policy=json.dumps({"Version": "2012-10-17", "Statement": [everybody]}))
    listed = bucket("listed")
    s3.delete_public_access_block(Bucket=listed)
    s3.put_bucket_acl(Bucket=listed, ACL="public-read")

    if region == "us-east-1":
        control = client("s3control")
        # The SDK puts the account before the host, where there is no such name here.
        control.meta.events.register("before-sign.s3-control", lambda request, **_: without_account(request, account_id))
        control.put_public_access_block(
            AccountId=account_id,
            PublicAccessBlockConfiguration={
                "BlockPublicAcls": True,
                "IgnorePublicAcls": True,
                "BlockPublicPolicy": False,
                "RestrictPublicBuckets": False,
            },
        )

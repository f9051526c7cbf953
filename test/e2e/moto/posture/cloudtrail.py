"""A trail of all regions as it should be, in one region, and one in the other that has nothing of that."""


def seed(client, region, account_id, judged):
    trails = client("cloudtrail")
    checks = ("cloudtrail_validation_off", "cloudtrail_kms_off", "cloudtrail_cloudwatch_off")
    root = f":{account_id}:root"
    if region == "eu-west-1":
        trails.create_trail(
            Name="everywhere",
            S3BucketName=f"posture-trail-{region}",
            IsMultiRegionTrail=True,
            EnableLogFileValidation=True,
            KmsKeyId="alias/data",
            CloudWatchLogsLogGroupArn=f"arn:aws:logs:{region}:{account_id}:log-group:/trail:*",
            CloudWatchLogsRoleArn=f"arn:aws:iam::{account_id}:role/service-cloudtrail",
        )
        objects = {"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}
        selector = {"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": [objects]}
        for check in checks:
            judged.good(check, "trail/everywhere")
        for check in ("cloudtrail_bucket_logging_off", "cloudtrail_bucket_public"):
            judged.good(check, f"posture-trail-{region}")
        judged.good("cloudtrail_off", root, "global")
        judged.good("cloudtrail_s3_data_events_off", root, "global")
    else:
        trails.create_trail(Name="local", S3BucketName=f"posture-bare-{region}")
        selector = {"ReadWriteType": "All", "IncludeManagementEvents": True}
        for check in checks:
            judged.bad(check, "trail/local")
        for check in ("cloudtrail_bucket_logging_off", "cloudtrail_bucket_public"):
            judged.bad(check, f"posture-bare-{region}")
        # The other trail has its management events, too.
        judged.bad("cloudtrail_duplicate_trail", root, "global")
    name = "everywhere" if region == "eu-west-1" else "local"
    trails.put_event_selectors(TrailName=name, EventSelectors=[selector])
    trails.start_logging(Name=name)

"""A trail of all regions at home, and one of a single region elsewhere."""


def seed(client, region, account_id):
    trails = client("cloudtrail")
    logs = {
        "CloudWatchLogsLogGroupArn": f"arn:aws:logs:{region}:{account_id}:log-group:/trail:*",
        "CloudWatchLogsRoleArn": f"arn:aws:iam::{account_id}:role/service-cloudtrail",
    }
    everywhere = region == "eu-west-1"
    name = "everywhere" if everywhere else f"only-{region}"
    trails.create_trail(
        Name=name,
        S3BucketName=f"cloudglass-logs-{region}",
        IsMultiRegionTrail=everywhere,
        EnableLogFileValidation=everywhere,
        TagsList=[{"Key": "trail", "Value": name}],
        **logs,
    )
    trails.put_event_selectors(TrailName=name, EventSelectors=[{"ReadWriteType": "All", "IncludeManagementEvents": True}])
    if everywhere:
        trails.start_logging(Name=name)

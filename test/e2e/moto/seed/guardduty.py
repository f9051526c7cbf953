"""A detector that watches, one that is off, and a region without any."""


def seed(client, region, account_id):
    if region != "eu-central-1":
        client("guardduty").create_detector(Enable=region == "us-east-1", FindingPublishingFrequency="ONE_HOUR", Tags={"env": "production"})

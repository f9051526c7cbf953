"""Detectors: one with all its plans, one without any and one that is suspended; in the other regions there is none."""

FEATURES = ("EBS_MALWARE_PROTECTION", "EKS_AUDIT_LOGS", "LAMBDA_NETWORK_LOGS", "RDS_LOGIN_EVENTS", "RUNTIME_MONITORING", "S3_DATA_EVENTS")


def seed(client, region, account_id, judged):
    whole = region == "eu-west-1"
    features = [{"Name": name, "Status": "ENABLED" if whole else "DISABLED"} for name in FEATURES]
    client("guardduty").create_detector(Enable=True, Features=features)
    judged.good("guardduty_off", "detector/")
    (judged.good if whole else judged.bad)("guardduty_protection_off", "detector/")
    if whole:
        client("guardduty", "eu-west-2").create_detector(Enable=False)
        for other in client("ec2").describe_regions()["Regions"]:
            name = other["RegionName"]
            if name not in ("eu-west-1", "us-east-1"):
                judged.bad("guardduty_off", name, name)

"""Recorders: one at work, one that was never started; in the other regions there is none."""


def seed(client, region, account_id, judged):
    config = client("config")
    config.put_configuration_recorder(
        ConfigurationRecorder={
            "name": "default",
            "roleARN": f"arn:aws:iam::{account_id}:role/service-config",
            "recordingGroup": {"allSupported": True, "includeGlobalResourceTypes": True},
        }
    )
    config.put_delivery_channel(DeliveryChannel={"name": "default", "s3BucketName": f"posture-logs-{region}"})
    if region == "eu-west-1":
        config.start_configuration_recorder(ConfigurationRecorderName="default")
        judged.good("config_recorder_off", "default")
        for other in client("ec2").describe_regions()["Regions"]:
            name = other["RegionName"]
            if name not in ("eu-west-1", "us-east-1"):
                judged.bad("config_recorder_off", name, name)
    else:
        judged.bad("config_recorder_off", "default")

"""A recorder that records, one that stands still, and a region without any."""


def seed(client, region, account_id):
    if region == "eu-central-1":
        return
    config = client("config")
    config.put_configuration_recorder(
        ConfigurationRecorder={
            "name": "default",
            "roleARN": f"arn:aws:iam::{account_id}:role/service-config",
            "recordingGroup": {"allSupported": True, "includeGlobalResourceTypes": region == "us-east-1"},
        }
    )
    config.put_delivery_channel(DeliveryChannel={"name": "default", "s3BucketName": f"cloudglass-logs-{region}"})
    if region == "us-east-1":
        config.start_configuration_recorder(ConfigurationRecorderName="default")

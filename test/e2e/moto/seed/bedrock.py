"""Where invocations are logged, in two of the regions."""


def seed(client, region, account_id):
    if region == "eu-central-1":
        return
    client("bedrock").put_model_invocation_logging_configuration(
        loggingConfig={
            "cloudWatchConfig": {"logGroupName": "/bedrock", "roleArn": f"arn:aws:iam::{account_id}:role/service-bedrock"},
            "s3Config": {"bucketName": f"cloudglass-logs-{region}", "keyPrefix": "bedrock"},
            "textDataDeliveryEnabled": True,
            "imageDataDeliveryEnabled": False,
            "embeddingDataDeliveryEnabled": False,
        }
    )

"""Tables: paid by request and by capacity, one with backups of every second."""


def seed(client, region, account_id):
    dynamodb = client("dynamodb")
    key = {
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    }
    dynamodb.create_table(TableName="sessions", BillingMode="PAY_PER_REQUEST", Tags=[{"Key": "env", "Value": "production"}], **key)
    dynamodb.update_continuous_backups(TableName="sessions", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})
    dynamodb.create_table(
        TableName="orders",
        ProvisionedThroughput={"ReadCapacityUnits": 50, "WriteCapacityUnits": 25},
        SSESpecification={"Enabled": True, "SSEType": "KMS"},
        DeletionProtectionEnabled=True,
        **key,
    )

"""Tables: used as much as was provided for and protected, and neither."""

from posture import _figures

KEY = {"AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}], "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}]}


def seed(client, region, account_id, judged):
    dynamodb = client("dynamodb")

    def table(name, units_a_second, **more):
        provided = {"ProvisionedThroughput": {"ReadCapacityUnits": 50, "WriteCapacityUnits": 50}}
        dynamodb.create_table(TableName=name, Tags=[{"Key": "env", "Value": "production"}], **provided, **KEY, **more)
        a_day = units_a_second * 86_400
        _figures.put(client, "AWS/DynamoDB", {"TableName": name}, ConsumedReadCapacityUnits=a_day, ConsumedWriteCapacityUnits=a_day)
        return f":table/{name}"

    sound = table("sound", 40, DeletionProtectionEnabled=True)
    dynamodb.update_continuous_backups(TableName="sound", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})
    bare = table("bare", 1)
    for check in ("dynamodb_deletion_protection_off", "dynamodb_overprovisioned", "dynamodb_pitr_off"):
        judged.good(check, sound)
        judged.bad(check, bare)

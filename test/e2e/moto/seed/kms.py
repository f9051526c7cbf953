"""Keys: rotated, open to everybody, for signing, disabled and on the way to deletion."""

import json

PUBLIC = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}]}


def seed(client, region, account_id):
    kms = client("kms")
    rotated = kms.create_key(Description="data", Tags=[{"TagKey": "env", "TagValue": "production"}])["KeyMetadata"]["KeyId"]
    kms.enable_key_rotation(KeyId=rotated)
    kms.create_alias(AliasName="alias/data", TargetKeyId=rotated)
    opened = kms.create_key(Description="open", Policy=json.dumps(PUBLIC))["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/open", TargetKeyId=opened)
    kms.create_key(Description="signing", KeyUsage="SIGN_VERIFY", KeySpec="RSA_2048")
    disabled = kms.create_key(Description="disabled")["KeyMetadata"]["KeyId"]
    kms.disable_key(KeyId=disabled)
    leaving = kms.create_key(Description="leaving")["KeyMetadata"]["KeyId"]
    kms.schedule_key_deletion(KeyId=leaving, PendingWindowInDays=7)

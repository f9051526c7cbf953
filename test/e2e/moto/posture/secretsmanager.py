"""Secrets: one that rotates, and one past its date that everybody may read."""

import json


def seed(client, region, account_id, judged):
    secrets = client("secretsmanager")
    sound = secrets.create_secret(Name="rotated", SecretString="x", KmsKeyId="alias/data")["ARN"]
    secrets.rotate_secret(SecretId=sound, RotationRules={"AutomaticallyAfterDays": 30}, RotateImmediately=False)
    everybody = {"Effect": "Allow", "Principal": "*", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    left = secrets.create_secret(Name="left", SecretString="x", Tags=[{"Key": "expires-at", "Value": "2020-01-01"}])["ARN"]
    secrets.put_resource_policy(SecretId=left, ResourcePolicy=json.dumps({"Version": "2012-10-17", "Statement": [everybody]}))
    for check in ("secret_expiring", "secret_public_policy", "secret_rotation_off"):
        judged.good(check, "secret:rotated")
        judged.bad(check, "secret:left")

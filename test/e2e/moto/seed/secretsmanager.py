"""Secrets: one that rotates, one open to everybody, one marked for deletion."""

import json


def seed(client, region, account_id):
    secrets = client("secretsmanager")
    rotated = secrets.create_secret(Name="database/password", SecretString="x", KmsKeyId="alias/data", Tags=[{"Key": "env", "Value": "production"}])
    secrets.rotate_secret(
        SecretId=rotated["ARN"],
        RotationRules={"AutomaticallyAfterDays": 30},
        RotateImmediately=False,
    )
    public = secrets.create_secret(Name="public", SecretString="x")["ARN"]
    everybody = {"Effect": "Allow", "Principal": "*", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    secrets.put_resource_policy(SecretId=public, ResourcePolicy=json.dumps({"Version": "2012-10-17", "Statement": [everybody]}))
    secrets.create_secret(Name="leaving", SecretString="x")
    secrets.delete_secret(SecretId="leaving", RecoveryWindowInDays=7)

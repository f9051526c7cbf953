"""A hub in one region."""


def seed(client, region, account_id):
    if region == "us-east-1":
        client("securityhub").enable_security_hub(EnableDefaultStandards=True, Tags={"env": "production"})

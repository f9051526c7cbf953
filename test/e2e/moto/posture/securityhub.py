"""Security Hub, switched on in one of the regions."""


def seed(client, region, account_id, judged):
    if region == "eu-west-1":
        client("securityhub").enable_security_hub(EnableDefaultStandards=True)
    else:
        judged.bad("securityhub_off", "hub/default")

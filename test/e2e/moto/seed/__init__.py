"""One file per service: `seed(client, region, account_id)`, where `client("ec2")` is boto3's in that region; `GLOBAL` ones run once."""

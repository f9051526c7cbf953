"""Topics: as it should be, open to everybody, in plain text."""

import json


def seed(client, region, account_id, judged):
    sns = client("sns")

    def topic(name, **attributes):
        sns.create_topic(Name=name, Attributes=attributes)
        return f":{name}"

    anyone = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": ["SNS:Publish", "SNS:Subscribe"]}
    statement = {**anyone, "Resource": f"arn:aws:sns:{region}:{account_id}:topic-anybody"}

    own = topic("topic-own", KmsMasterKeyId="alias/data")
    anybody = topic(
        "topic-anybody", KmsMasterKeyId="alias/data", Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    )
    plain = topic("topic-plain")
    judged.good("sns_topic_public", own)
    judged.bad("sns_topic_public", anybody)
    judged.good("sns_topic_unencrypted", own)
    judged.bad("sns_topic_unencrypted", plain)

"""Queues: as it should be, open to everybody, in plain text."""

import json


def seed(client, region, account_id, judged):
    sqs = client("sqs")

    def queue(name, **attributes):
        sqs.create_queue(QueueName=name, Attributes=attributes)
        return f":{name}"

    def policy(name, principal):
        allow = {"Effect": "Allow", "Principal": principal, "Action": "sqs:SendMessage", "Resource": f"arn:aws:sqs:{region}:{account_id}:{name}"}
        return json.dumps({"Version": "2012-10-17", "Statement": [allow]})

    own = queue("own", KmsMasterKeyId="alias/data", Policy=policy("own", {"AWS": f"arn:aws:iam::{account_id}:root"}))
    anybody = queue("anybody", KmsMasterKeyId="alias/data", Policy=policy("anybody", "*"))
    plain = queue("plain", SqsManagedSseEnabled="false")
    judged.good("sqs_queue_public", own)
    judged.bad("sqs_queue_public", anybody)
    judged.good("sqs_queue_unencrypted", own)
    judged.bad("sqs_queue_unencrypted", plain)

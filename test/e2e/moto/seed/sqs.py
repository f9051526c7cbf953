"""Queues: one with its dead letters, one encrypted, one open to everybody."""

import json


def seed(client, region, account_id):
    sqs = client("sqs")
    dead = f"arn:aws:sqs:{region}:{account_id}:jobs-dead"
    sqs.create_queue(QueueName="jobs-dead")
    sqs.create_queue(
        QueueName="jobs",
        Attributes={"RedrivePolicy": json.dumps({"deadLetterTargetArn": dead, "maxReceiveCount": "5"})},
        tags={"env": "production"},
    )
    sqs.create_queue(QueueName="ordered.fifo", Attributes={"FifoQueue": "true", "KmsMasterKeyId": "alias/data"})
    everybody = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": f"arn:aws:sqs:{region}:{account_id}:public"}
    sqs.create_queue(QueueName="public", Attributes={"Policy": json.dumps({"Version": "2012-10-17", "Statement": [everybody]})})

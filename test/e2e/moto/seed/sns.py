"""Topics, one of them open to everybody."""

import json


def seed(client, region, account_id):
    sns = client("sns")
    sns.create_topic(Name="alarms", Tags=[{"Key": "team", "Value": "operations"}])
    public = sns.create_topic(Name="public", Attributes={"KmsMasterKeyId": "alias/data"})["TopicArn"]
    everybody = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sns:Publish", "Resource": public}
    sns.set_topic_attributes(
        TopicArn=public, AttributeName="Policy", AttributeValue=json.dumps({"Version": "2012-10-17", "Statement": [everybody]})
    )
    sns.create_topic(Name="ordered.fifo", Attributes={"FifoTopic": "true"})

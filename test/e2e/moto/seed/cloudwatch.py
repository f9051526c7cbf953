"""Alarms on the trail's metrics, one that nobody hears."""


def seed(client, region, account_id):
    cloudwatch = client("cloudwatch")
    for name in ("root", "denied"):
        cloudwatch.put_metric_alarm(
            AlarmName=name,
            Namespace="Trail",
            MetricName=name,
            Statistic="Sum",
            Period=300,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanOrEqualToThreshold",
            AlarmActions=[f"arn:aws:sns:{region}:{account_id}:alarms"] if name == "root" else [],
            Tags=[{"Key": "alarm", "Value": name}],
        )

"""An alarm on each of the trail's metrics."""

from posture.logs import EVENTS


def seed(client, region, account_id, judged):
    for name in EVENTS:
        client("cloudwatch").put_metric_alarm(
            AlarmName=f"trail-{name}",
            Namespace="Trail",
            MetricName=name,
            Statistic="Sum",
            Period=300,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanOrEqualToThreshold",
            AlarmActions=[f"arn:aws:sns:{region}:{account_id}:alarms"],
        )
    judged.good("monitoring_alarm_missing", f":{account_id}:root", "global")

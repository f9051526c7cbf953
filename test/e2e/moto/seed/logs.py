"""Log groups with and without an end, and the metric filters on the trail's."""


def seed(client, region, account_id):
    logs = client("logs")
    for name, days in (("/aws/lambda/worker", 14), ("/trail", 365), ("/app/forever", None), ("/bedrock", 30)):
        logs.create_log_group(logGroupName=name, tags={"app": name.strip("/")})
        if days:
            logs.put_retention_policy(logGroupName=name, retentionInDays=days)
    for name, pattern in (
        ("root", '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS }'),
        ("denied", '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }'),
    ):
        logs.put_metric_filter(
            logGroupName="/trail",
            filterName=name,
            filterPattern=pattern,
            metricTransformations=[{"metricName": name, "metricNamespace": "Trail", "metricValue": "1"}],
        )

"""What CloudWatch keeps of the last days, the same for each of them."""

import datetime


def put(client, namespace, dimensions, **figures):
    noon = datetime.datetime.now(datetime.timezone.utc).replace(hour=12, minute=0, second=0, microsecond=0)
    named = [{"Name": name, "Value": value} for name, value in dimensions.items()]
    data = [
        {"MetricName": name, "Dimensions": named, "Timestamp": noon - datetime.timedelta(days=days), "Value": value}
        for name, value in figures.items()
        for days in range(1, 15)
    ]
    client("cloudwatch").put_metric_data(Namespace=namespace, MetricData=data)

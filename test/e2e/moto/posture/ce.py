"""What the accounts cost: the same every day."""

import datetime
import json
import urllib.request

GLOBAL = True


def cost(client, account_id, last):
    """60 days of 100 dollars until yesterday, which cost this much. moto answers what was queued."""

    def day(back):
        start = datetime.datetime.now(datetime.timezone.utc).date() - datetime.timedelta(days=back)
        amount = {"UnblendedCost": {"Amount": str(last if back == 1 else 100), "Unit": "USD"}}
        period = {"Start": str(start), "End": str(start + datetime.timedelta(days=1))}
        return {"TimePeriod": period, "Total": {}, "Groups": [{"Keys": ["AWS Lambda"], "Metrics": amount}], "Estimated": False}

    answer = {"ResultsByTime": [day(back) for back in range(60, 0, -1)], "DimensionValueAttributes": []}
    body = json.dumps({"results": [answer] * 5, "account_id": account_id}).encode()
    queue = f"{client('ce').meta.endpoint_url}/moto-api/static/ce/cost-and-usage-results"
    urllib.request.urlopen(urllib.request.Request(queue, data=body, headers={"content-type": "application/json"})).close()


def seed(client, region, account_id, judged):
    cost(client, account_id, last=100)
    judged.good("cost_anomaly", f":{account_id}:root")

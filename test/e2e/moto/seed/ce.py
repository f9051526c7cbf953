"""What services cost: moto answers what was queued, once for each question."""

import json
import urllib.request

GLOBAL = True


def seed(client, region, account_id):
    cost = {"Amazon Elastic Compute Cloud - Compute": "12.5", "Amazon Simple Storage Service": "0.75", "AWS Lambda": "0.02"}
    groups = [{"Keys": [name], "Metrics": {"UnblendedCost": {"Amount": amount, "Unit": "USD"}}} for name, amount in cost.items()]
    day = {"TimePeriod": {"Start": "2026-01-01", "End": "2026-01-02"}, "Total": {}, "Groups": groups, "Estimated": False}
    answer = {"ResultsByTime": [day], "DimensionValueAttributes": []}
    origin = client("ce").meta.endpoint_url
    body = json.dumps({"results": [answer] * 20}).encode()
    request = urllib.request.Request(
        f"{origin}/moto-api/static/ce/cost-and-usage-results", data=body, headers={"content-type": "application/json"}
    )
    urllib.request.urlopen(request).close()

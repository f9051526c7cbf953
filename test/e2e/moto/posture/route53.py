"""Names of an API that is there, of an address and of an API that are not."""

GLOBAL = True


def seed(client, region, account_id, judged):
    route53 = client("route53")
    zone = route53.create_hosted_zone(Name="dns.example.com", CallerReference="dns")["HostedZone"]["Id"]
    there = client("apigateway").create_rest_api(name="behind-dns")["id"]

    def record(name, kind, value):
        record = {"Name": f"{name}.dns.example.com", "Type": kind, "TTL": 300, "ResourceRecords": [{"Value": value}]}
        route53.change_resource_record_sets(
            HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
        )
        return record["Name"]

    host = f"execute-api.{region}.amazonaws.com"
    judged.good("route53_dangling_record", record("held", "CNAME", f"{there}.{host}"))
    judged.bad("route53_dangling_record", record("lost-api", "CNAME", f"a0gone0api.{host}"))
    judged.bad("route53_dangling_record", record("lost-address", "A", "52.16.0.1"))

"""Zones, public and private, and names that point at addresses, at another name and at a load balancer."""

GLOBAL = True


def seed(client, region, account_id):
    route53 = client("route53")
    zone = route53.create_hosted_zone(Name="example.com", CallerReference="public")["HostedZone"]["Id"]
    route53.change_tags_for_resource(
        ResourceType="hostedzone", ResourceId=zone.split("/")[-1], AddTags=[{"Key": "env", "Value": "production"}]
    )
    vpc = client("ec2").describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["main"]}])["Vpcs"][0]["VpcId"]
    route53.create_hosted_zone(
        Name="internal.example.com",
        CallerReference="private",
        VPC={"VPCRegion": region, "VPCId": vpc},
        HostedZoneConfig={"PrivateZone": True, "Comment": "inside"},
    )

    def values(name, kind, *values, **more):
        records = [{"Value": value} for value in values]
        return {"Name": f"{name}.example.com", "Type": kind, "TTL": 300, "ResourceRecords": records, **more}

    balancer = client("elbv2").describe_load_balancers(Names=["public"])["LoadBalancers"][0]
    alias = {"HostedZoneId": balancer["CanonicalHostedZoneId"], "DNSName": balancer["DNSName"], "EvaluateTargetHealth": False}
    records = [
        values("www", "A", "192.0.2.1", "192.0.2.2"),
        values("www", "AAAA", "2001:db8::1"),
        values("docs", "CNAME", "cloudglass-website-us-east-1.s3-website-us-east-1.amazonaws.com"),
        values("mail", "MX", "10 mail.example.com"),
        values("*.wild", "A", "192.0.2.3"),
        values("split", "A", "192.0.2.4", SetIdentifier="blue", Weight=10),
        values("split", "A", "192.0.2.5", SetIdentifier="green", Weight=90),
        {"Name": "app.example.com", "Type": "A", "AliasTarget": alias},
    ]
    route53.change_resource_record_sets(
        HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record} for record in records]}
    )

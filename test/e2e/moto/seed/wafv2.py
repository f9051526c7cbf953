"""Web ACLs: one in front of a load balancer, one in front of nothing."""


def seed(client, region, account_id):
    wafv2 = client("wafv2")
    visibility = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "acl"}
    balancer = client("elbv2").describe_load_balancers(Names=["public"])["LoadBalancers"][0]["LoadBalancerArn"]
    for name in ("guard", "unused"):
        arn = wafv2.create_web_acl(
            Name=name, Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=visibility, Tags=[{"Key": "acl", "Value": name}]
        )["Summary"]["ARN"]
        if name == "guard":
            wafv2.associate_web_acl(WebACLArn=arn, ResourceArn=balancer)

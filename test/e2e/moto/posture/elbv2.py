"""Load balancers on the internet: as it should be, and with nothing as it should be."""

from posture import _figures
from seed.iam import certificate

GOOD = {
    "access_logs.s3.enabled": "true",
    "deletion_protection.enabled": "true",
    "routing.http.drop_invalid_header_fields.enabled": "true",
}
CHECKS = (
    "elb_access_logs_off",
    "elb_deletion_protection_off",
    "elb_drop_invalid_headers_off",
    "elb_http_no_redirect",
    "elb_idle",
    "elb_no_waf",
    "elb_weak_tls_policy",
)


def seed(client, region, account_id, judged):
    ec2, elbv2 = client("ec2"), client("elbv2")
    found = ec2.describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])["Subnets"]
    subnets, vpc = [subnet["SubnetId"] for subnet in found], found[0]["VpcId"]
    body, key = certificate("www.example.com", 400)
    shown = {"CertificateArn": client("acm").import_certificate(Certificate=body.encode(), PrivateKey=key.encode())["CertificateArn"]}
    edge = ec2.create_managed_prefix_list(PrefixListName="edge", MaxEntries=1, AddressFamily="IPv4", Entries=[{"Cidr": "203.0.113.0/24"}])

    def group(name, **source):
        made = ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
        ec2.authorize_security_group_ingress(
            GroupId=made, IpPermissions=[{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, **source}]
        )
        return made

    def balancer(name, group, policy, plain):
        made = elbv2.create_load_balancer(
            Name=name, Subnets=subnets, SecurityGroups=[group], Scheme="internet-facing", Tags=[{"Key": "env", "Value": "production"}]
        )["LoadBalancers"][0]["LoadBalancerArn"]
        targets = elbv2.create_target_group(Name=name, Protocol="HTTP", Port=8080, VpcId=vpc, TargetType="ip")
        targets = targets["TargetGroups"][0]["TargetGroupArn"]
        forward = [{"Type": "forward", "TargetGroupArn": targets}]
        elbv2.create_listener(
            LoadBalancerArn=made, Protocol="HTTPS", Port=443, SslPolicy=policy, Certificates=[shown], DefaultActions=forward
        )
        elbv2.create_listener(LoadBalancerArn=made, Protocol="HTTP", Port=80, DefaultActions=plain or forward)
        return made, targets

    to_https = [{"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}}]
    behind = group("edge", PrefixListIds=[{"PrefixListId": edge["PrefixList"]["PrefixListId"]}])
    sound, targets = balancer("sound", behind, "ELBSecurityPolicy-TLS13-1-2-2021-06", to_https)
    elbv2.modify_load_balancer_attributes(
        LoadBalancerArn=sound, Attributes=[{"Key": key, "Value": value} for key, value in GOOD.items()]
    )
    elbv2.register_targets(TargetGroupArn=targets, Targets=[{"Id": "172.31.0.10", "Port": 8080}])
    _figures.put(client, "AWS/ApplicationELB", {"LoadBalancer": sound.split("loadbalancer/")[1]}, RequestCount=1000)
    everybody = group("everybody", IpRanges=[{"CidrIp": "0.0.0.0/0"}])
    balancer("bare", everybody, "ELBSecurityPolicy-2016-08", None)
    for check in CHECKS:
        judged.good(check, "/app/sound/")
        judged.bad(check, "/app/bare/")

    # Of the old kind.
    listener = {"Protocol": "TCP", "LoadBalancerPort": 5432, "InstanceProtocol": "TCP", "InstancePort": 5432}
    client("elb").create_load_balancer(LoadBalancerName="classic", Listeners=[listener], Subnets=subnets[:1], SecurityGroups=[everybody])
    judged.bad("elb_idle", ":loadbalancer/classic")

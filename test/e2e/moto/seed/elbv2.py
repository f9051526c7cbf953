"""Load balancers: a public one that forwards plain HTTP, an internal one for TCP, and target groups used and not."""


def seed(client, region, account_id):
    elbv2 = client("elbv2")
    ec2 = client("ec2")
    found = ec2.describe_subnets(Filters=[{"Name": "tag:Name", "Values": ["main-a", "main-b"]}])["Subnets"]
    subnets, vpc = [subnet["SubnetId"] for subnet in found], found[0]["VpcId"]
    group = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["web"]}])["SecurityGroups"][0]["GroupId"]
    instances = ec2.describe_instances(Filters=[{"Name": "tag:Name", "Values": ["web"]}, {"Name": "instance-state-name", "Values": ["running"]}])

    def targets(name, protocol, port):
        return elbv2.create_target_group(Name=name, Protocol=protocol, Port=port, VpcId=vpc, Tags=[{"Key": "group", "Value": name}])[
            "TargetGroups"
        ][0]["TargetGroupArn"]

    web, tcp = targets("web", "HTTP", 8080), targets("tcp", "TCP", 5432)
    targets("unused", "HTTP", 80)
    elbv2.register_targets(TargetGroupArn=web, Targets=[{"Id": instances["Reservations"][0]["Instances"][0]["InstanceId"]}])
    public = elbv2.create_load_balancer(
        Name="public", Subnets=subnets, SecurityGroups=[group], Scheme="internet-facing", Tags=[{"Key": "env", "Value": "production"}]
    )["LoadBalancers"][0]["LoadBalancerArn"]
    internal = elbv2.create_load_balancer(Name="internal", Subnets=subnets, Scheme="internal", Type="network")["LoadBalancers"][0]["LoadBalancerArn"]
    for balancer, protocol, port, group in ((public, "HTTP", 80, web), (internal, "TCP", 5432, tcp)):
        elbv2.create_listener(
            LoadBalancerArn=balancer, Protocol=protocol, Port=port, DefaultActions=[{"Type": "forward", "TargetGroupArn": group}]
        )

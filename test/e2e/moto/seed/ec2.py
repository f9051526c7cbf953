"""A network with instances, volumes, snapshots and images, shared and not, and what nobody uses any more."""


def named(kind, name, **more):
    tags = [{"Key": "Name", "Value": name}, *({"Key": key, "Value": value} for key, value in more.items())]
    return {"TagSpecifications": [{"ResourceType": kind, "Tags": tags}]}


def seed(client, region, account_id):
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16", **named("vpc", "main", env="production"))["Vpc"]["VpcId"]
    ec2.create_vpc(CidrBlock="10.1.0.0/16", **named("vpc", "spare"))
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{at}.0/24", AvailabilityZone=f"{region}{zone}", **named("subnet", f"main-{zone}"))[
            "Subnet"
        ]["SubnetId"]
        for at, zone in enumerate("ab")
    ]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    table = ec2.create_route_table(VpcId=vpc, **named("route-table", "public"))["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnets[0])
    acl = ec2.create_network_acl(VpcId=vpc, **named("network-acl", "strict"))["NetworkAcl"]["NetworkAclId"]
    ec2.create_network_acl_entry(
        NetworkAclId=acl, RuleNumber=100, Protocol="6", RuleAction="allow", Egress=False, CidrBlock="0.0.0.0/0", PortRange={"From": 22, "To": 22}
    )

    def group(name, port, source):
        made = ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc, **named("security-group", name))["GroupId"]
        ranges = {"Ipv6Ranges": [{"CidrIpv6": source}]} if ":" in source else {"IpRanges": [{"CidrIp": source}]}
        ec2.authorize_security_group_ingress(
            GroupId=made, IpPermissions=[{"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **ranges}]
        )
        return made

    web = group("web", 443, "0.0.0.0/0")
    group("ssh", 22, "0.0.0.0/0")
    group("database", 5432, "::/0")
    inside = group("inside", 8080, "10.0.0.0/16")
    ec2.authorize_security_group_ingress(
        GroupId=inside, IpPermissions=[{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "UserIdGroupPairs": [{"GroupId": web}]}]
    )

    first = ec2.register_image(Name="base", RootDeviceName="/dev/xvda", Architecture="x86_64", VirtualizationType="hvm")["ImageId"]
    instances = ec2.run_instances(
        ImageId=first,
        MinCount=2,
        MaxCount=2,
        InstanceType="t3.micro",
        SubnetId=subnets[0],
        SecurityGroupIds=[web],
        IamInstanceProfile={"Name": "web"},
        **named("instance", "web", env="production"),
    )["Instances"]
    running, stopped = (instance["InstanceId"] for instance in instances)
    ec2.stop_instances(InstanceIds=[stopped])
    ended = ec2.run_instances(ImageId=first, MinCount=1, MaxCount=1, InstanceType="m5.large", SubnetId=subnets[1])["Instances"][0]["InstanceId"]
    ec2.terminate_instances(InstanceIds=[ended])

    attached = ec2.create_volume(
        AvailabilityZone=f"{region}a", Size=100, VolumeType="gp3", Encrypted=True, **named("volume", "data", env="production")
    )["VolumeId"]
    ec2.attach_volume(VolumeId=attached, InstanceId=running, Device="/dev/sdf")
    orphan = ec2.create_volume(AvailabilityZone=f"{region}b", Size=8, VolumeType="gp2", **named("volume", "orphan"))["VolumeId"]
    shared = ec2.create_snapshot(VolumeId=orphan, Description="for everybody", **named("snapshot", "shared"))["SnapshotId"]
    ec2.modify_snapshot_attribute(SnapshotId=shared, Attribute="createVolumePermission", OperationType="add", GroupNames=["all"])
    ec2.create_snapshot(VolumeId=attached, Description="nightly", **named("snapshot", "nightly"))
    image = ec2.create_image(InstanceId=running, Name="golden")["ImageId"]
    ec2.modify_image_attribute(ImageId=image, LaunchPermission={"Add": [{"Group": "all"}]})

    address = ec2.allocate_address(Domain="vpc", **named("elastic-ip", "web"))["AllocationId"]
    ec2.associate_address(AllocationId=address, InstanceId=running)
    ec2.allocate_address(Domain="vpc")
    for_gateway = ec2.allocate_address(Domain="vpc")["AllocationId"]
    ec2.create_nat_gateway(SubnetId=subnets[0], AllocationId=for_gateway, **named("natgateway", "out"))
    ec2.create_network_interface(SubnetId=subnets[1], Groups=[inside], **named("network-interface", "spare"))
    ec2.create_flow_logs(
        ResourceType="VPC",
        ResourceIds=[vpc],
        TrafficType="REJECT",
        LogDestinationType="s3",
        LogDestination=f"arn:aws:s3:::cloudglass-logs-{region}",
        **named("vpc-flow-log", "rejected"),
    )
    if region == "us-east-1":
        ec2.enable_ebs_encryption_by_default()

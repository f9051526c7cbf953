"""A network as it should be with one instance that is as well, and beside them what is open, public, idle, old or forgotten."""

from posture import _figures

ANYBODY = {"CidrIp": "0.0.0.0/0"}


def by_themselves(client, region, judged):
    """What every region has from the start, once."""
    for name in [one["RegionName"] for one in client("ec2").describe_regions()["Regions"]] if region == "us-east-1" else []:
        ec2 = client("ec2", at=name)
        vpc = ec2.describe_vpcs(Filters=[{"Name": "isDefault", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
        as_made(ec2, vpc, judged, name)
        if name == region:
            ec2.enable_ebs_encryption_by_default()
        (judged.good if name == region else judged.bad)("ebs_default_encryption_off", name, name)


def as_made(ec2, vpc, judged, place=None):
    judged.bad("vpc_flow_logs_off", vpc, place)
    group, acl = own(ec2, vpc)
    judged.bad("default_security_group_open", group, place)
    judged.bad("nacl_open_admin_ports", acl["NetworkAclId"], place)


def own(ec2, vpc):
    """The security group and the network ACL that came with a VPC."""
    of_vpc = {"Name": "vpc-id", "Values": [vpc]}
    groups = ec2.describe_security_groups(Filters=[of_vpc, {"Name": "group-name", "Values": ["default"]}])["SecurityGroups"]
    acls = ec2.describe_network_acls(Filters=[of_vpc, {"Name": "default", "Values": ["true"]}])["NetworkAcls"]
    return groups[0]["GroupId"], acls[0]


def network(client, account_id, judged):
    """VPCs and subnets: a private one, and one where everything gets a public address."""
    ec2 = client("ec2")
    as_made(ec2, ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"], judged)

    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    client("logs").create_log_group(logGroupName="/flows")
    client("logs").put_retention_policy(logGroupName="/flows", retentionInDays=365)
    role = f"arn:aws:iam::{account_id}:role/flows"
    ec2.create_flow_logs(ResourceType="VPC", ResourceIds=[vpc], TrafficType="ALL", LogGroupName="/flows", DeliverLogsPermissionArn=role)
    judged.good("vpc_flow_logs_off", vpc)
    group, acl = own(ec2, vpc)
    for rules, revoke in (("IpPermissions", ec2.revoke_security_group_ingress), ("IpPermissionsEgress", ec2.revoke_security_group_egress)):
        found = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0][rules]
        if found:
            revoke(GroupId=group, IpPermissions=found)
    judged.good("default_security_group_open", group)
    web = {"Protocol": "6", "PortRange": {"From": 443, "To": 443}, "CidrBlock": "0.0.0.0/0"}
    ec2.replace_network_acl_entry(NetworkAclId=acl["NetworkAclId"], RuleNumber=100, RuleAction="allow", Egress=False, **web)
    judged.good("nacl_open_admin_ports", acl["NetworkAclId"])

    private, public = (ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{at}.0/24")["Subnet"]["SubnetId"] for at in (1, 2))
    ec2.modify_subnet_attribute(SubnetId=public, MapPublicIpOnLaunch={"Value": True})
    judged.good("vpc_subnet_auto_public_ip", private)
    judged.bad("vpc_subnet_auto_public_ip", public)
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    ec2.associate_route_table(RouteTableId=table, SubnetId=public)
    return vpc, private, public


def groups(ec2, vpc, judged):
    """Security groups: of them `inside` and `ssh` are carried by instances, `anything` by none."""

    def group(name, protocol, port, source):
        made = ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
        ports = {} if port is None else {"FromPort": port, "ToPort": port}
        ec2.authorize_security_group_ingress(GroupId=made, IpPermissions=[{"IpProtocol": protocol, **ports, "IpRanges": [source]}])
        return made

    inside = group("inside", "tcp", 8080, {"CidrIp": "10.0.0.0/16"})
    ssh = group("ssh", "tcp", 22, ANYBODY)
    anything = group("anything", "-1", None, ANYBODY)
    for check, bad in (("open_port", ssh), ("all_ports_open", anything), ("unused", anything)):
        judged.good(f"security_group_{check}", inside)
        judged.bad(f"security_group_{check}", bad)
    return inside, ssh


def instances(client, region, judged, network, groups):
    ec2, iam = client("ec2"), client("iam")
    _, private, public = network
    inside, ssh = groups
    profile = {"IamInstanceProfile": {"Name": f"posture-{region}"}}
    iam.create_instance_profile(InstanceProfileName=f"posture-{region}")
    image = ec2.register_image(Name="base", RootDeviceName="/dev/sda1", Architecture="x86_64", VirtualizationType="hvm")["ImageId"]

    def disk(**more):
        return [{"DeviceName": "/dev/sda1", "Ebs": {"VolumeSize": 100, "DeleteOnTermination": True, **more}}]

    def run(instance_type, subnet, group, **more):
        made = ec2.run_instances(
            ImageId=image, MinCount=1, MaxCount=1, InstanceType=instance_type, SubnetId=subnet, SecurityGroupIds=[group], **more
        )["Instances"][0]["InstanceId"]
        mapped = ec2.describe_instances(InstanceIds=[made])["Reservations"][0]["Instances"][0]["BlockDeviceMappings"]
        return made, mapped[0]["Ebs"]["VolumeId"]

    def good(instance_type="m7i.xlarge"):
        tokens = {"MetadataOptions": {"HttpTokens": "required"}}
        return run(instance_type, private, inside, BlockDeviceMappings=disk(VolumeType="gp3", Encrypted=True), **tokens, **profile)

    def used(instance, cpu, net):
        _figures.put(client, "AWS/EC2", {"InstanceId": instance}, CPUUtilization=cpu, NetworkIn=net, NetworkOut=net)

    sound, disk_of_sound = good()
    used(sound, 80, 2**30)
    bare, disk_of_bare = run("m4.large", public, ssh, BlockDeviceMappings=disk(VolumeType="gp2"))
    for check in ("imdsv1_allowed", "instance_port_exposed", "instance_public_ip", "no_instance_profile", "previous_generation"):
        judged.good(f"ec2_{check}", sound)
        judged.bad(f"ec2_{check}", bare)
    for check in ("ebs_gp2_to_gp3", "ebs_volume_unencrypted"):
        judged.good(check, disk_of_sound)
        judged.bad(check, disk_of_bare)

    idle, _ = good()
    used(idle, 1, 2**10)

    stopped, _ = good()
    emptied, disk_of_emptied = good()
    ec2.stop_instances(InstanceIds=[stopped, emptied])
    ec2.detach_volume(VolumeId=disk_of_emptied, InstanceId=emptied, Device="/dev/sda1")
    ec2.delete_volume(VolumeId=disk_of_emptied)
    judged.good("stopped_instance_with_volumes", emptied)
    judged.bad("stopped_instance_with_volumes", stopped)
    return sound, disk_of_sound, image


def storage(ec2, region, judged, instance, disk, base):
    """Volumes, snapshots, images."""

    def volume():
        return ec2.create_volume(AvailabilityZone=f"{region}a", Size=8, VolumeType="gp3", Encrypted=True)["VolumeId"]

    def snapshot(of, **tags):
        tagged = {"ResourceType": "snapshot", "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}
        return ec2.create_snapshot(VolumeId=of, **({"TagSpecifications": [tagged]} if tags else {}))["SnapshotId"]

    judged.good("orphaned_volume", disk)
    judged.bad("orphaned_volume", volume())

    kept, old = snapshot(disk, retain="2030"), snapshot(disk)
    gone = volume()
    abandoned = snapshot(gone)
    ec2.delete_volume(VolumeId=gone)
    judged.good("old_snapshot", kept)
    judged.bad("old_snapshot", old)
    judged.good("orphaned_snapshot", kept)
    judged.bad("orphaned_snapshot", abandoned)

    shared = snapshot(disk, retain="2030")
    ec2.modify_snapshot_attribute(SnapshotId=shared, Attribute="createVolumePermission", OperationType="add", GroupNames=["all"])
    judged.good("ebs_snapshot_public", kept)
    judged.bad("ebs_snapshot_public", shared)

    golden = ec2.create_image(InstanceId=instance, Name="golden")["ImageId"]
    ec2.modify_image_attribute(ImageId=golden, LaunchPermission={"Add": [{"Group": "all"}]})
    judged.good("ami_public", base)
    judged.bad("ami_public", golden)
    for image in ec2.describe_images(ImageIds=[base, golden])["Images"]:
        judged.bad("old_snapshot", image["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"])


def addresses(client, judged, subnet):
    ec2 = client("ec2")

    def gateway(passed):
        address = ec2.allocate_address(Domain="vpc")["AllocationId"]
        made = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)["NatGateway"]["NatGatewayId"]
        _figures.put(client, "AWS/NATGateway", {"NatGatewayId": made}, BytesOutToDestination=passed, BytesInFromSource=passed)
        return made, address

    busy, address = gateway(2**30)
    idle, _ = gateway(0)
    judged.good("orphaned_eip", address)
    judged.bad("orphaned_eip", ec2.allocate_address(Domain="vpc")["AllocationId"])


def seed(client, region, account_id, judged):
    by_themselves(client, region, judged)
    ec2 = client("ec2")
    there = network(client, account_id, judged)
    sound = instances(client, region, judged, there, groups(ec2, there[0], judged))
    storage(ec2, region, judged, *sound)
    addresses(client, judged, there[2])

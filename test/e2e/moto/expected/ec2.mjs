import {
  DescribeAddressesCommand,
  EC2Client,
  GetEbsEncryptionByDefaultCommand,
  paginateDescribeFlowLogs,
  paginateDescribeImages,
  paginateDescribeInstances,
  paginateDescribeNatGateways,
  paginateDescribeNetworkAcls,
  paginateDescribeNetworkInterfaces,
  paginateDescribeRouteTables,
  paginateDescribeSecurityGroups,
  paginateDescribeSnapshots,
  paginateDescribeSubnets,
  paginateDescribeVolumes,
  paginateDescribeVpcs,
} from "@aws-sdk/client-ec2";

export async function expected(client, region, accountId) {
  const ec2 = client(EC2Client);
  const inAccount = `arn:aws:ec2:${region}:${accountId}`;
  const withoutAccount = `arn:aws:ec2:${region}:`;
  const listed = async (paginate, list, id, kind, input = {}, prefix = inAccount) => {
    const all = await Array.fromAsync(paginate({ client: ec2 }, input), (page) => page[list]);
    return all.flat().map((one) => `${prefix}:${kind}/${one[id]}`);
  };
  const [addresses, reservations, encryption] = await Promise.all([
    ec2.send(new DescribeAddressesCommand()),
    Array.fromAsync(paginateDescribeInstances({ client: ec2 }, {}), ({ Reservations }) => Reservations),
    ec2.send(new GetEbsEncryptionByDefaultCommand()),
  ]);
  const instances = reservations.flat().flatMap(({ Instances }) => Instances);
  const own = { Owners: ["self"] };
  const ownToo = { OwnerIds: ["self"] };
  return {
    "ec2.addresses": addresses.Addresses.map(({ AllocationId }) => `${inAccount}:elastic-ip/${AllocationId}`),
    "ec2.ebsEncryptionDefaults": [[region, { encryptedByDefault: encryption.EbsEncryptionByDefault }]],
    "ec2.flowLogs": await listed(paginateDescribeFlowLogs, "FlowLogs", "FlowLogId", "vpc-flow-log"),
    "ec2.images": await listed(paginateDescribeImages, "Images", "ImageId", "image", own, withoutAccount),
    "ec2.instances": instances.map(({ InstanceId }) => `${inAccount}:instance/${InstanceId}`),
    "ec2.natGateways": await listed(paginateDescribeNatGateways, "NatGateways", "NatGatewayId", "natgateway"),
    "ec2.networkAcls": await listed(paginateDescribeNetworkAcls, "NetworkAcls", "NetworkAclId", "network-acl"),
    "ec2.networkInterfaces": await listed(
      paginateDescribeNetworkInterfaces,
      "NetworkInterfaces",
      "NetworkInterfaceId",
      "network-interface",
    ),
    "ec2.routeTables": await listed(paginateDescribeRouteTables, "RouteTables", "RouteTableId", "route-table"),
    "ec2.securityGroups": await listed(paginateDescribeSecurityGroups, "SecurityGroups", "GroupId", "security-group"),
    "ec2.snapshots": await listed(
      paginateDescribeSnapshots,
      "Snapshots",
      "SnapshotId",
      "snapshot",
      ownToo,
      withoutAccount,
    ),
    "ec2.subnets": await listed(paginateDescribeSubnets, "Subnets", "SubnetId", "subnet"),
    "ec2.volumes": await listed(paginateDescribeVolumes, "Volumes", "VolumeId", "volume"),
    "ec2.vpcs": await listed(paginateDescribeVpcs, "Vpcs", "VpcId", "vpc"),
  };
}

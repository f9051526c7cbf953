import type { Ingress } from "#checks/ingress";
import type { FoundBy } from "#collectors/registry";

/** A running instance as it should be, and what is to be different about it. */
export function exampleInstance(
  attributes: Partial<FoundBy<"ec2.instances">["attributes"]> = {},
  rest: Partial<Omit<FoundBy<"ec2.instances">, "attributes">> = {},
): FoundBy<"ec2.instances"> {
  const instanceId = attributes.instanceId ?? "i-0123456789abcdef0";
  const arn = `arn:aws:ec2:eu-west-1:111122223333:instance/${instanceId}`;
  return {
    nativeId: arn,
    arn,
    name: "web-1",
    state: "running",
    tags: { Name: "web-1" },
    createdAt: "2026-01-05T10:00:00.000Z",
    ...rest,
    attributes: {
      instanceId,
      instanceType: "t4g.medium",
      imageId: "ami-0123456789abcdef0",
      availabilityZone: "eu-west-1a",
      vpcId: "vpc-0a",
      subnetId: "subnet-0a",
      privateIp: "10.0.0.10",
      publicIp: null,
      publicIps: [],
      ipv6Addresses: [],
      securityGroupIds: ["sg-0a"],
      volumeIds: ["vol-0a1b2c3d4e5f60718"],
      iamInstanceProfile: "arn:aws:iam::111122223333:instance-profile/web",
      httpEndpoint: "enabled",
      httpTokens: "required",
      httpPutResponseHopLimit: 1,
      monitoring: "disabled",
      lifecycle: null,
      launchedAt: "2026-01-05T10:00:00.000Z",
      stateTransitionReason: null,
      stateChangedAt: null,
      platform: "Linux/UNIX",
      tenancy: "default",
      typeFacts: { currentGeneration: true, vCpus: 2, memoryMib: 4096, burstable: true },
      ...attributes,
    },
  };
}

/** An attached 100 GiB gp3 volume, and what is to be different about it. */
export function exampleVolume(
  attributes: Partial<FoundBy<"ec2.volumes">["attributes"]> = {},
  rest: Partial<Omit<FoundBy<"ec2.volumes">, "attributes">> = {},
): FoundBy<"ec2.volumes"> {
  const volumeId = attributes.volumeId ?? "vol-0a1b2c3d4e5f60718";
  const arn = `arn:aws:ec2:eu-west-1:111122223333:volume/${volumeId}`;
  return {
    nativeId: arn,
    arn,
    name: null,
    state: "in-use",
    tags: {},
    createdAt: "2026-01-10T08:00:00.000Z",
    ...rest,
    attributes: {
      volumeId,
      volumeType: "gp3",
      sizeGib: 100,
      iops: 3000,
      throughputMibps: 125,
      encrypted: true,
      kmsKeyId: null,
      availabilityZone: "eu-west-1a",
      snapshotId: null,
      multiAttachEnabled: false,
      attachments: [],
      ...attributes,
    },
  };
}

/** A completed private snapshot of 50 GiB, and what is to be different about it. */
export function exampleSnapshot(
  attributes: Partial<FoundBy<"ec2.snapshots">["attributes"]> = {},
  rest: Partial<Omit<FoundBy<"ec2.snapshots">, "attributes">> = {},
): FoundBy<"ec2.snapshots"> {
  const snapshotId = attributes.snapshotId ?? "snap-0f00ba12345678901";
  const arn = `arn:aws:ec2:eu-west-1::snapshot/${snapshotId}`;
  return {
    nativeId: arn,
    arn,
    name: null,
    state: "completed",
    tags: {},
    createdAt: "2026-02-01T00:00:00.000Z",
    ...rest,
    attributes: {
      snapshotId,
      volumeId: "vol-0a1b2c3d4e5f60718",
      volumeSizeGib: 50,
      fullSizeBytes: null,
      encrypted: true,
      kmsKeyId: null,
      storageTier: "standard",
      description: null,
      public: false,
      ...attributes,
    },
  };
}

/** A private image, and what is to be different about it. */
export function exampleImage(
  attributes: Partial<FoundBy<"ec2.images">["attributes"]> = {},
  rest: Partial<Omit<FoundBy<"ec2.images">, "attributes">> = {},
): FoundBy<"ec2.images"> {
  const imageId = attributes.imageId ?? "ami-0123456789abcdef0";
  const arn = `arn:aws:ec2:eu-west-1::image/${imageId}`;
  return {
    nativeId: arn,
    arn,
    name: "web-2026-01",
    state: "available",
    tags: {},
    createdAt: "2026-01-05T10:00:00.000Z",
    ...rest,
    attributes: {
      imageId,
      imageName: "web-2026-01",
      description: null,
      public: false,
      architecture: "arm64",
      platform: "Linux/UNIX",
      rootDeviceType: "ebs",
      imdsSupport: "v2.0",
      deprecatedAt: null,
      snapshotIds: ["snap-0aaaaaaaaaaaaaaaa"],
      ...attributes,
    },
  };
}

/** An unused address from Amazon's pool, and what is to be different about it. */
export function exampleAddress(
  attributes: Partial<FoundBy<"ec2.addresses">["attributes"]> = {},
): FoundBy<"ec2.addresses"> {
  const arn = "arn:aws:ec2:eu-west-1:111122223333:elastic-ip/eipalloc-0123456789abcdef0";
  return {
    nativeId: arn,
    arn,
    name: null,
    state: null,
    tags: {},
    createdAt: null,
    attributes: {
      publicIp: "203.0.113.25",
      allocationId: "eipalloc-0123456789abcdef0",
      associationId: null,
      instanceId: null,
      networkInterfaceId: null,
      privateIp: null,
      publicIpv4Pool: "amazon",
      networkBorderGroup: "eu-west-1",
      ...attributes,
    },
  };
}

/** A rule for TCP 443 from everywhere, and what is to be different about it. */
export const exampleRule = (rule: Partial<Ingress> = {}): Ingress => ({
  protocol: "tcp",
  fromPort: 443,
  toPort: 443,
  cidrs: ["0.0.0.0/0"],
  ipv6Cidrs: [],
  groups: [],
  prefixLists: [],
  ...rule,
});

/** A group `sg-0a` with these rules. */
export function exampleGroup(
  ingress: readonly Ingress[] = [],
  attributes: Partial<FoundBy<"ec2.securityGroups">["attributes"]> = {},
): FoundBy<"ec2.securityGroups"> {
  const arn = "arn:aws:ec2:eu-west-1:111122223333:security-group/sg-0a";
  return {
    nativeId: arn,
    arn,
    name: "web",
    state: null,
    tags: {},
    createdAt: null,
    attributes: {
      groupId: "sg-0a",
      groupName: "web",
      description: "web",
      vpcId: "vpc-0a",
      ingress,
      egress: [],
      ...attributes,
    },
  };
}

/** A network interface in group `sg-0a`. */
export function exampleInterface(
  attributes: Partial<FoundBy<"ec2.networkInterfaces">["attributes"]> = {},
): FoundBy<"ec2.networkInterfaces"> {
  const arn = "arn:aws:ec2:eu-west-1:111122223333:network-interface/eni-0a";
  return {
    nativeId: arn,
    arn,
    name: null,
    state: "in-use",
    tags: {},
    createdAt: null,
    attributes: {
      networkInterfaceId: "eni-0a",
      interfaceType: "interface",
      description: null,
      vpcId: "vpc-0a",
      subnetId: "subnet-0a",
      privateIp: "10.0.0.10",
      publicIps: [],
      ipv6Addresses: [],
      securityGroupIds: ["sg-0a"],
      requesterManaged: false,
      attachment: null,
      ...attributes,
    },
  };
}

/** A thing of EC2 in eu-west-1. */
const thing = <Attributes>(kind: string, id: string, attributes: Attributes) => {
  const arn = `arn:aws:ec2:eu-west-1:111122223333:${kind}/${id}`;
  return { nativeId: arn, arn, name: null, state: null, tags: {}, createdAt: null, attributes };
};

/** A private subnet `subnet-0a` routed by `rtb-0a`, and what is to be different about it. */
export const exampleSubnet = (
  attributes: Partial<FoundBy<"ec2.subnets">["attributes"]> = {},
): FoundBy<"ec2.subnets"> => ({
  ...thing("subnet", "subnet-0a", {
    subnetId: "subnet-0a",
    ownerId: "111122223333",
    vpcId: "vpc-0a",
    availabilityZone: "eu-west-1a",
    cidr: "10.0.0.0/24",
    ipv6Cidrs: [],
    defaultForAz: false,
    mapPublicIpOnLaunch: false,
    assignIpv6AddressOnCreation: false,
    internetGatewayBlockMode: null,
    routeTableId: "rtb-0a",
    ...attributes,
  }),
  state: "available",
});

/** A route table `rtb-0a` that sends everything outside to this target. */
export const exampleRouteTable = (
  target: string,
  { destination = "0.0.0.0/0", state = "active" }: { destination?: string; state?: string } = {},
): FoundBy<"ec2.routeTables"> =>
  thing("route-table", "rtb-0a", {
    routeTableId: "rtb-0a",
    vpcId: "vpc-0a",
    main: true,
    subnetIds: [],
    gatewayIds: [],
    routes: [
      { destination: "10.0.0.0/16", target: "local", state: "active" },
      { destination, target, state },
    ],
    propagatingGatewayIds: [],
  });

/** A VPC `vpc-0a` with a flow log, and what is to be different about it. */
export const exampleVpc = (attributes: Partial<FoundBy<"ec2.vpcs">["attributes"]> = {}): FoundBy<"ec2.vpcs"> => ({
  ...thing("vpc", "vpc-0a", {
    vpcId: "vpc-0a",
    ownerId: "111122223333",
    isDefault: false,
    cidrs: ["10.0.0.0/16"],
    ipv6Cidrs: [],
    tenancy: "default",
    internetGatewayBlockMode: null,
    flowLogIds: ["fl-0a"],
    ...attributes,
  }),
  state: "available",
});

/** A flow log that writes all traffic of `vpc-0a` down, and what is to be different about it. */
export const exampleFlowLog = (
  attributes: Partial<FoundBy<"ec2.flowLogs">["attributes"]> = {},
  state = "ACTIVE",
): FoundBy<"ec2.flowLogs"> => ({
  ...thing("vpc-flow-log", "fl-0a", {
    flowLogId: "fl-0a",
    resourceId: "vpc-0a",
    trafficType: "ALL",
    deliverLogsStatus: "SUCCESS",
    deliverLogsError: null,
    destinationType: "s3",
    destination: "arn:aws:s3:::acme-flow-logs",
    maxAggregationSeconds: 600,
    ...attributes,
  }),
  state,
});

/** A setting of the region. */
export const exampleSetting = <Attributes>(attributes: Attributes) => ({
  nativeId: "eu-west-1",
  arn: null,
  name: null,
  state: null,
  tags: {},
  createdAt: null,
  attributes,
});

/** A public NAT gateway through which something goes, and what is to be different about it. */
export const exampleNatGateway = (
  attributes: Partial<FoundBy<"ec2.natGateways">["attributes"]> = {},
  rest: Partial<Omit<FoundBy<"ec2.natGateways">, "attributes">> = {},
): FoundBy<"ec2.natGateways"> => ({
  ...thing("natgateway", "nat-0a", {
    natGatewayId: "nat-0a",
    connectivityType: "public",
    availabilityMode: "zonal",
    vpcId: "vpc-0a",
    subnetId: "subnet-0a",
    publicIps: ["203.0.113.40"],
    allocationIds: ["eipalloc-0a"],
    networkInterfaceIds: ["eni-0b"],
    failureCode: null,
    ...attributes,
  }),
  state: "available",
  createdAt: "2026-01-05T10:00:00.000Z",
  observed: { bytesOutToDestination: 5_000_000, bytesInFromSource: 4_000_000 },
  ...rest,
});

/** A network ACL of one subnet with these inbound entries before AWS's own last one. */
export const exampleAcl = (
  entries: readonly Partial<FoundBy<"ec2.networkAcls">["attributes"]["entries"][number]>[],
  attributes: Partial<FoundBy<"ec2.networkAcls">["attributes"]> = {},
): FoundBy<"ec2.networkAcls"> => {
  const all = { egress: false, action: "allow", protocol: "-1", cidr: "0.0.0.0/0", fromPort: null, toPort: null };
  return thing("network-acl", "acl-0a", {
    networkAclId: "acl-0a",
    vpcId: "vpc-0a",
    isDefault: false,
    subnetIds: ["subnet-0a"],
    entries: [
      ...entries.map((entry, at) => ({ ...all, ruleNumber: 100 + at, ...entry })),
      { ...all, ruleNumber: 32_767, action: "deny" },
    ],
    ...attributes,
  });
};

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

import { ec2Answer } from "../answers.ts";
import type { Call, Operation } from "../calls.ts";
import type { Paging } from "../paging.ts";
import { HOME_REGION } from "../regions.ts";
import { describeInstanceTypes } from "./instance-types.ts";
import { arnIn, countOf, daysBefore, ec2Id, ownerOf, pageOf, tagsOf, xmlOf, type ThingService } from "./thing.ts";

/** Source: EC2 API 2016-11-15. Without MaxResults AWS answers up to 1,000. */
const paging: Paging = { token: "NextToken", limit: "MaxResults", byDefault: 1000, min: 5, max: 1000 };

const vpcs = "ec2.vpcs";
const subnets = "ec2.subnets";

const list =
  (kind: string, element: string, one: (call: Call, n: number) => object, how: Paging = paging): Operation =>
  (call) => {
    const { numbers, next } = pageOf(call, kind, how);
    const item = numbers.map((n) => one(call, n));
    return ec2Answer(call.action, xmlOf({ [element]: { item }, nextToken: next }));
  };

const tagSet = (n: number, name: string) => ({
  item: [{ Key: "Name", Value: name }, ...tagsOf(n)].map(({ Key: key, Value: value }) => ({ key, value })),
});

const range = (n: number): string => `10.${n % 256}.0.0/16`;

/** The first VPC is the default one. */
const vpcOf = ({ account }: Call, n: number) => ({
  vpcId: ec2Id("vpc", n),
  ownerId: account.id,
  state: "available",
  cidrBlock: range(n),
  dhcpOptionsId: ec2Id("dopt", 0),
  instanceTenancy: "default",
  isDefault: n === 0,
  cidrBlockAssociationSet: {
    item: { associationId: ec2Id("vpc-cidr-assoc", n), cidrBlock: range(n), cidrBlockState: { state: "associated" } },
  },
  blockPublicAccessStates: { internetGatewayBlockMode: "off" },
  tagSet: tagSet(n, `vpc-${n}`),
});

/** Every seventh gives its instances public addresses. */
const subnetOf = (call: Call, n: number) => ({
  subnetId: ec2Id("subnet", n),
  subnetArn: arnIn(call, "ec2", `subnet/${ec2Id("subnet", n)}`),
  ownerId: call.account.id,
  vpcId: ec2Id("vpc", ownerOf(call, vpcs, n)),
  state: "available",
  availabilityZone: `${call.region}${"abc"[n % 3]}`,
  cidrBlock: `10.${ownerOf(call, vpcs, n) % 256}.${n % 256}.0/24`,
  availableIpAddressCount: 251 - (n % 200),
  defaultForAz: false,
  mapPublicIpOnLaunch: n % 7 === 0,
  assignIpv6AddressOnCreation: false,
  tagSet: tagSet(n, `subnet-${n}`),
});

/** The first ones are the main tables of the VPCs, the others those of subnets. Every fifth leads to a gateway that is gone. */
function routeTableOf(call: Call, n: number) {
  const vpcCount = countOf(call, vpcs);
  const main = n < vpcCount;
  const routeTableId = ec2Id("rtb", n);
  const vpc = ownerOf(call, vpcs, n);
  return {
    routeTableId,
    vpcId: ec2Id("vpc", vpc),
    ownerId: call.account.id,
    routeSet: {
      item: [
        { destinationCidrBlock: range(vpc), gatewayId: "local", state: "active", origin: "CreateRouteTable" },
        {
          destinationCidrBlock: "0.0.0.0/0",
          ...(n % 7 === 0 ? { gatewayId: ec2Id("igw", vpc) } : { natGatewayId: ec2Id("nat", n) }),
          state: n % 5 === 4 ? "blackhole" : "active",
          origin: "CreateRoute",
        },
      ],
    },
    associationSet: {
      item: {
        routeTableAssociationId: ec2Id("rtbassoc", n),
        routeTableId,
        ...(!main && { subnetId: ec2Id("subnet", n - vpcCount) }),
        main,
        associationState: { state: "associated" },
      },
    },
    propagatingVgwSet: {},
    tagSet: tagSet(n, `routes-${n}`),
  };
}

/** Every fifth lets everybody in, the others what comes from within. */
function networkAclOf(call: Call, n: number) {
  const networkAclId = ec2Id("acl", n);
  const entry = (egress: boolean, ruleNumber: number, cidrBlock: string) => ({
    ruleNumber,
    protocol: "-1",
    ruleAction: ruleNumber === 32_767 ? "deny" : "allow",
    egress,
    cidrBlock,
  });
  const everywhere = "0.0.0.0/0";
  return {
    networkAclId,
    vpcId: ec2Id("vpc", ownerOf(call, vpcs, n)),
    ownerId: call.account.id,
    default: n < countOf(call, vpcs),
    entrySet: {
      item: [
        entry(true, 100, everywhere),
        entry(true, 32_767, everywhere),
        entry(false, 100, n % 5 === 0 ? everywhere : "10.0.0.0/8"),
        entry(false, 32_767, everywhere),
      ],
    },
    associationSet: {
      item: { networkAclAssociationId: ec2Id("aclassoc", n), networkAclId, subnetId: ec2Id("subnet", n) },
    },
    tagSet: tagSet(n, `acl-${n}`),
  };
}

/** Each writes down its VPC. Every third goes to S3, every fifth cannot deliver. */
const flowLogOf = (call: Call, n: number) => ({
  flowLogId: ec2Id("fl", n),
  flowLogStatus: "ACTIVE",
  creationTime: daysBefore(call, 200),
  resourceId: ec2Id("vpc", n),
  trafficType: n % 2 === 0 ? "ALL" : "REJECT",
  deliverLogsStatus: n % 5 === 4 ? "FAILED" : "SUCCESS",
  ...(n % 5 === 4 && { deliverLogsErrorMessage: "Access error" }),
  ...(n % 3 === 2
    ? { logDestinationType: "s3", logDestination: "arn:aws:s3:::cloudglass-hardened/flow-logs" }
    : {
        logDestinationType: "cloud-watch-logs",
        logDestination: arnIn(call, "logs", `log-group:/vpc/${n}`),
        logGroupName: `/vpc/${n}`,
        deliverLogsPermissionArn: `arn:aws:iam::${call.account.id}:role/role-0`,
      }),
  maxAggregationInterval: 600,
  tagSet: tagSet(n, `flow-log-${n}`),
});

const natGatewayOf = (call: Call, n: number) => ({
  natGatewayId: ec2Id("nat", n),
  subnetId: ec2Id("subnet", ownerOf(call, subnets, n)),
  vpcId: ec2Id("vpc", ownerOf(call, vpcs, ownerOf(call, subnets, n))),
  state: "available",
  createTime: daysBefore(call, 300),
  connectivityType: "public",
  availabilityMode: "zonal",
  natGatewayAddressSet: {
    item: {
      allocationId: ec2Id("eipalloc", n),
      networkInterfaceId: ec2Id("eni", n),
      privateIp: `10.0.0.${n % 256}`,
      publicIp: `203.0.113.${n % 256}`,
      isPrimary: true,
      status: "succeeded",
    },
  },
  tagSet: tagSet(n, `nat-${n}`),
});

/** The home region is hardened; in the others stands what AWS begins with. */
const regionSetting =
  (home: object, elsewhere: object): Operation =>
  (call) =>
    ec2Answer(call.action, xmlOf(call.region === HOME_REGION ? home : elsewhere));

const settings = {
  GetEbsEncryptionByDefault: regionSetting(
    { ebsEncryptionByDefault: true, sseType: "sse-kms" },
    { ebsEncryptionByDefault: false, sseType: "none" },
  ),
  GetImageBlockPublicAccessState: regionSetting(
    { imageBlockPublicAccessState: "block-new-sharing", managedBy: "account" },
    { imageBlockPublicAccessState: "unblocked", managedBy: "account" },
  ),
  GetSnapshotBlockPublicAccessState: regionSetting(
    { state: "block-all-sharing", managedBy: "account" },
    { state: "unblocked", managedBy: "account" },
  ),
};

const named = (type: string, prefix: string) => ({
  arnOf: (call: Call, n: number) => arnIn(call, "ec2", `${type}/${ec2Id(prefix, n)}`),
});

export const ec2: ThingService = {
  operations: {
    DescribeVpcs: list(vpcs, "vpcSet", vpcOf),
    DescribeSubnets: list(subnets, "subnetSet", subnetOf),
    DescribeRouteTables: list("ec2.routeTables", "routeTableSet", routeTableOf, {
      ...paging,
      byDefault: 100,
      max: 100,
    }),
    DescribeNetworkAcls: list("ec2.networkAcls", "networkAclSet", networkAclOf),
    DescribeFlowLogs: list("ec2.flowLogs", "flowLogSet", flowLogOf, { ...paging, min: 1 }),
    DescribeNatGateways: list("ec2.natGateways", "natGatewaySet", natGatewayOf),
    DescribeInstanceTypes: describeInstanceTypes,
    ...settings,
  },
  kinds: {
    [vpcs]: named("vpc", "vpc"),
    [subnets]: named("subnet", "subnet"),
    "ec2.routeTables": named("route-table", "rtb"),
    "ec2.networkAcls": named("network-acl", "acl"),
    "ec2.flowLogs": named("vpc-flow-log", "fl"),
    "ec2.natGateways": named("natgateway", "nat"),
  },
  always: { regional: Object.keys(settings).length },
};

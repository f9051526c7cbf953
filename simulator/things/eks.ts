import { AwsError, json } from "../answers.ts";
import type { Call, Operation } from "../calls.ts";
import { windowOf } from "../paging.ts";
import {
  digits,
  environmentOf,
  isBusy,
  isNth,
  numberOf,
  pageOf,
  secondsBefore,
  vpc,
  type ThingService,
} from "./thing.ts";

/** Source: EKS API 2017-11-01. */
const kind = "eks.clusters";
const paging = { token: "nextToken", limit: "maxResults", byDefault: 100, min: 1, max: 100 };

/** Versions and how many days before the epoch each was released. */
const versions = [
  { version: "1.35", releasedDaysAgo: 200 },
  { version: "1.34", releasedDaysAgo: 400 },
  { version: "1.33", releasedDaysAgo: 560 },
] as const;
const standardSupportDays = 425;
const extendedSupportDays = 790;

const arnOf = ({ account, region }: Call, n: number): string =>
  `arn:aws:eks:${region}:${account.id}:cluster/cluster-${n}`;

const listClusters: Operation = (call) => {
  const { numbers, next } = pageOf(call, kind, paging);
  return json({ clusters: numbers.map((n) => `cluster-${n}`), nextToken: next ?? null });
};

const describeCluster: Operation = (call) => {
  const missing = new AwsError("ResourceNotFoundException", 404, "No cluster found for name.");
  const n = numberOf(call, kind, "name", missing);
  const host = digits(n, 32);
  const logTypes = ["api", "audit", "authenticator", "controllerManager", "scheduler"];
  const key = `arn:aws:kms:${call.region}:${call.account.id}:key/1234abcd-12ab-34cd-56ef-${digits(n, 12)}`;
  const cluster = {
    name: `cluster-${n}`,
    arn: arnOf(call, n),
    createdAt: secondsBefore(call, 300),
    version: isNth(n, 5) ? "1.33" : "1.34",
    endpoint: `https://${host}.gr7.${call.region}.eks.amazonaws.com`,
    roleArn: `arn:aws:iam::${call.account.id}:role/eks-${n}`,
    resourcesVpcConfig: {
      subnetIds: vpc.subnetIds,
      securityGroupIds: [],
      clusterSecurityGroupId: `sg-0e${digits(n, 15)}`,
      vpcId: vpc.id,
      endpointPublicAccess: !isBusy(n) || isNth(n, 7),
      endpointPrivateAccess: true,
      publicAccessCidrs: isNth(n, 7) ? ["0.0.0.0/0"] : isBusy(n) ? [] : ["198.51.100.0/24"],
    },
    kubernetesNetworkConfig: { serviceIpv4Cidr: "10.100.0.0/16", ipFamily: "ipv4" },
    logging: { clusterLogging: [{ types: logTypes, enabled: !isNth(n, 5) }] },
    identity: { oidc: { issuer: `https://oidc.eks.${call.region}.amazonaws.com/id/${host}` } },
    status: "ACTIVE",
    certificateAuthority: { data: "" },
    platformVersion: "eks.12",
    tags: { env: environmentOf(n) },
    encryptionConfig: isNth(n, 5) ? [] : [{ resources: ["secrets"], provider: { keyArnOf: key } }],
    health: { issues: isNth(n, 7) ? [{ code: "Ec2SubnetNotFound", message: "", resourceIds: [] }] : [] },
    accessConfig: { authenticationMode: isNth(n, 5) ? "CONFIG_MAP" : "API" },
    upgradePolicy: { supportType: isNth(n, 5) ? "EXTENDED" : "STANDARD" },
    deletionProtection: !isNth(n, 5),
    controlPlaneScalingConfig: { tier: "standard" },
  };
  return json({ cluster });
};

const describeClusterVersions: Operation = (call) => {
  const { from, to, next } = windowOf(call, versions.length, { ...paging, byDefault: 20 });
  const clusterVersions = versions.slice(from, to).map(({ version, releasedDaysAgo }, at) => {
    const isStandard = releasedDaysAgo < standardSupportDays;
    return {
      clusterVersion: version,
      clusterType: "eks",
      defaultPlatformVersion: "eks.12",
      defaultVersion: from + at === 1,
      releaseDate: secondsBefore(call, releasedDaysAgo),
      endOfStandardSupportDate: secondsBefore(call, releasedDaysAgo - standardSupportDays),
      endOfExtendedSupportDate: secondsBefore(call, releasedDaysAgo - extendedSupportDays),
      status: isStandard ? "standard-support" : "extended-support",
      versionStatus: isStandard ? "STANDARD_SUPPORT" : "EXTENDED_SUPPORT",
      kubernetesPatchVersion: `${version}.2`,
    };
  });
  return json({ clusterVersions, nextToken: next ?? null });
};

export const eks: ThingService = {
  routes: [
    ["GET", "/clusters", "ListClusters"],
    ["GET", "/clusters/{name}", "DescribeCluster"],
    ["GET", "/cluster-versions", "DescribeClusterVersions"],
  ],
  operations: {
    ListClusters: listClusters,
    DescribeCluster: describeCluster,
    DescribeClusterVersions: describeClusterVersions,
  },
  kinds: { [kind]: { arnOf } },
};

import { describe, it } from "vitest";
import { collector } from "#collectors/eks/clusters";
import { allOf, collect, fakeAws, type Answers } from "../../support/fake-aws.ts";

const now = new Date("2026-11-01T00:00:00Z");
const arn = (name: string): string => `arn:aws:eks:eu-west-1:111122223333:cluster/${name}`;

const prod = {
  name: "prod",
  arn: arn("prod"),
  createdAt: 1_735_689_600.5,
  version: "1.33",
  endpoint: "https://ABCDEF0123456789.gr7.eu-west-1.eks.amazonaws.com",
  roleArn: "arn:aws:iam::111122223333:role/eks",
  resourcesVpcConfig: {
    subnetIds: ["subnet-0b2", "subnet-0a1"],
    securityGroupIds: ["sg-0b2"],
    clusterSecurityGroupId: "sg-0a1",
    vpcId: "vpc-0a1",
    endpointPublicAccess: true,
    endpointPrivateAccess: false,
    publicAccessCidrs: ["198.51.100.0/24", "0.0.0.0/0"],
  },
  kubernetesNetworkConfig: { serviceIpv4Cidr: "10.100.0.0/16", ipFamily: "ipv4" },
  logging: {
    clusterLogging: [
      { types: ["audit", "api"], enabled: true },
      { types: ["authenticator", "controllerManager", "scheduler"], enabled: false },
    ],
  },
  identity: { oidc: { issuer: "https://oidc.eks.eu-west-1.amazonaws.com/id/ABCDEF0123456789" } },
  status: "ACTIVE",
  certificateAuthority: { data: "LS0t" },
  platformVersion: "eks.5",
  tags: { env: "prod" },
  encryptionConfig: [{ resources: ["secrets"], provider: { keyArn: "arn:aws:kms:eu-west-1:111122223333:key/1" } }],
  health: { issues: [{ code: "Ec2SubnetNotFound", message: "…", resourceIds: ["subnet-0b2"] }] },
  accessConfig: { authenticationMode: "API_AND_CONFIG_MAP" },
  upgradePolicy: { supportType: "EXTENDED" },
  deletionProtection: true,
};

const versions = JSON.stringify({
  clusterVersions: [
    {
      clusterVersion: "1.33",
      clusterType: "eks",
      endOfStandardSupportDate: Date.parse("2027-07-29T00:00:00Z") / 1000,
      endOfExtendedSupportDate: Date.parse("2028-07-29T00:00:00Z") / 1000,
      versionStatus: "STANDARD_SUPPORT",
    },
    {
      clusterVersion: "1.31",
      clusterType: "eks",
      endOfStandardSupportDate: Date.parse("2025-11-26T00:00:00Z") / 1000,
      endOfExtendedSupportDate: Date.parse("2026-11-26T00:00:00Z") / 1000,
      versionStatus: "EXTENDED_SUPPORT",
    },
  ],
});
const page = (clusters: readonly string[], nextToken?: string): string => JSON.stringify({ clusters, nextToken });
const described = (cluster: unknown): string => JSON.stringify({ cluster });

const account = (cluster: Readonly<Record<string, unknown>>, answers: Answers = {}) =>
  fakeAws({
    ListClusters: page(["prod"]),
    DescribeCluster: described(cluster),
    DescribeClusterVersions: versions,
    ...answers,
  });

const costOf = async (cluster: Readonly<Record<string, unknown>>) =>
  (await allOf(collector, account(cluster), now))[0]?.costMonthly;

describe("eks.clusters", () => {
  it("reads a cluster and until when its version is supported", async ({ expect }) => {
    const aws = account(prod);
    const ec2 = (name: string): string => `arn:aws:ec2:eu-west-1:111122223333:${name}`;
    expect(await allOf(collector, aws, now)).toEqual([
      {
        nativeId: arn("prod"),
        arn: arn("prod"),
        name: "prod",
        state: "ACTIVE",
        tags: { env: "prod" },
        tagsUnread: false,
        createdAt: "2025-01-01T00:00:00.500Z",
        costMonthly: expect.closeTo(81.03, 9),
        relations: [
          { kind: "uses", resourceType: "AWS::EC2::Subnet", target: ec2("subnet/subnet-0b2") },
          { kind: "uses", resourceType: "AWS::EC2::Subnet", target: ec2("subnet/subnet-0a1") },
          { kind: "uses", resourceType: "AWS::EC2::SecurityGroup", target: ec2("security-group/sg-0a1") },
          { kind: "uses", resourceType: "AWS::EC2::SecurityGroup", target: ec2("security-group/sg-0b2") },
          { kind: "encryptedBy", resourceType: "AWS::KMS::Key", target: "arn:aws:kms:eu-west-1:111122223333:key/1" },
          { kind: "assumes", resourceType: "AWS::IAM::Role", target: "arn:aws:iam::111122223333:role/eks" },
        ],
        dnsNames: ["abcdef0123456789.gr7.eu-west-1.eks.amazonaws.com"],
        attributes: {
          version: "1.33",
          platformVersion: "eks.5",
          supportType: "EXTENDED",
          endOfStandardSupportAt: "2027-07-29T00:00:00.000Z",
          endOfExtendedSupportAt: "2028-07-29T00:00:00.000Z",
          endpointPublicAccess: true,
          endpointPrivateAccess: false,
          publicAccessCidrs: ["0.0.0.0/0", "198.51.100.0/24"],
          encryptedResources: ["secrets"],
          kmsKeyArn: "arn:aws:kms:eu-west-1:111122223333:key/1",
          logTypes: ["api", "audit"],
          roleArn: "arn:aws:iam::111122223333:role/eks",
          vpcId: "vpc-0a1",
          subnetIds: ["subnet-0a1", "subnet-0b2"],
          securityGroupIds: ["sg-0a1", "sg-0b2"],
          authenticationMode: "API_AND_CONFIG_MAP",
          oidcIssuer: "https://oidc.eks.eu-west-1.amazonaws.com/id/ABCDEF0123456789",
          deletionProtection: true,
          controlPlaneTier: null,
        },
        observed: { healthIssues: ["Ec2SubnetNotFound"] },
      },
    ]);
    expect(aws.calls.map(({ request }) => request)).toEqual([
      "eu-west-1 /clusters?maxResults=100",
      "eu-west-1 /clusters/prod",
      "eu-west-1 /cluster-versions?includeAll=true&maxResults=100",
    ]);
  });

  it("says null for what a cluster does not have", async ({ expect }) => {
    const [found] = await allOf(collector, account({ name: "prod" }), now);
    expect(found).toMatchObject({ state: null, createdAt: null, tags: {}, relations: [], dnsNames: [] });
    const values = Object.values({ ...found?.attributes });
    expect(new Set(values.map((value) => (Array.isArray(value) ? value.length : value)))).toEqual(new Set([null, 0]));
    expect(found?.observed).toEqual({ healthIssues: [] });
  });

  it("knows the price of extended support and none where the version or the size is not known", async ({ expect }) => {
    expect(await costOf({ ...prod, version: "1.31" })).toBeCloseTo(486.18, 9);
    expect(await costOf({ ...prod, version: "9.99" })).toBeNull();
    expect(await costOf({ ...prod, controlPlaneScalingConfig: { tier: "tier-xl" } })).toBeNull();
    expect(await costOf({ ...prod, controlPlaneScalingConfig: { tier: "standard" } })).toBeCloseTo(81.03, 9);
  });

  it("says nothing of a cluster that may not be described", async ({ expect }) => {
    const aws = fakeAws({ ListClusters: page(["prod"]), DescribeClusterVersions: versions });
    const [found] = await allOf(collector, aws, now);
    expect(found).toMatchObject({ nativeId: arn("prod"), name: "prod", state: null, tagsUnread: true, relations: [] });
    expect(Object.keys({ ...found?.attributes })).toHaveLength(19);
    expect(new Set(Object.values({ ...found?.attributes }))).toEqual(new Set([undefined]));
    expect(found?.observed).toEqual({ healthIssues: undefined });
    expect(aws.gaps).toEqual(["DescribeCluster"]);
  });

  it("says nothing of support where the versions may not be read", async ({ expect }) => {
    const aws = fakeAws({ ListClusters: page(["prod"]), DescribeCluster: described(prod) });
    const [found] = await allOf(collector, aws, now);
    expect(found?.attributes).toMatchObject({
      version: "1.33",
      endOfStandardSupportAt: undefined,
      endOfExtendedSupportAt: undefined,
    });
    expect(found?.costMonthly).toBeNull();
    expect(aws.gaps).toEqual(["DescribeClusterVersions"]);
  });

  it("asks for the versions once, and leaves out what is gone since it was listed", async ({ expect }) => {
    const aws = account(prod, {
      ListClusters: page(["a", "gone", "b"]),
      DescribeCluster: ({ name }) =>
        name === "gone"
          ? { status: 404, body: JSON.stringify({ __type: "ResourceNotFoundException", message: "No" }) }
          : described({ ...prod, name }),
    });
    expect((await allOf(collector, aws, now)).map(({ name }) => name)).toEqual(["a", "b"]);
    expect(aws.asked.filter((call) => call.startsWith("DescribeClusterVersions"))).toHaveLength(1);
  });

  it("goes through all pages", async ({ expect }) => {
    const aws = account(prod, {
      ListClusters: ({ nextToken }) => (nextToken === "t2" ? page(["c"]) : page(["a", "b"], "t2")),
    });
    const pages = await collect(collector, aws, now);
    expect(pages.map((one) => one.map(({ name }) => name))).toEqual([["a", "b"], ["c"]]);
  });

  it("makes one call for a region without clusters, and fails as a whole when the list is denied", async ({
    expect,
  }) => {
    const aws = account(prod, { ListClusters: page([]) });
    expect(await allOf(collector, aws, now)).toEqual([]);
    expect(aws.asked).toEqual(['ListClusters {"maxResults":100}']);
    await expect(collect(collector, fakeAws({}))).rejects.toThrow("AccessDenied");
    await expect(collect(collector, fakeAws({ ListClusters: "{}" }))).rejects.toThrow();
  });
});

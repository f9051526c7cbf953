import { describe, it } from "vitest";
import { collector } from "#collectors/opensearch/domains";
import { allOf, collect, fakeAws, type Answers } from "../../support/fake-aws.ts";

const arn = (name: string): string => `arn:aws:es:eu-west-1:111122223333:domain/${name}`;
const namesJson = (...names: readonly string[]): string =>
  JSON.stringify({ DomainNames: names.map((DomainName) => ({ DomainName, EngineType: "OpenSearch" })) });
const domainsJson = (...domains: readonly object[]): string => JSON.stringify({ DomainStatusList: domains });

const logs = {
  DomainId: "111122223333/logs",
  DomainName: "logs",
  ARN: arn("logs"),
  Created: true,
  Deleted: false,
  Endpoints: {
    vpc: "vpc-logs-abc.eu-west-1.es.amazonaws.com",
    vpcv2: "VPC-logs-abc.aos.eu-west-1.on.aws",
  },
  EndpointV2: "vpc-logs-abc.aos.eu-west-1.on.aws",
  Processing: false,
  EngineVersion: "OpenSearch_2.11",
  ClusterConfig: { InstanceType: "r6g.large.search", InstanceCount: 2, ZoneAwarenessEnabled: true },
  EBSOptions: { EBSEnabled: true, VolumeType: "gp3", VolumeSize: 100 },
  AccessPolicies: JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { AWS: "*" }, Action: "es:*", Resource: `${arn("logs")}/*` }],
  }),
  VPCOptions: {
    VPCId: "vpc-0a1",
    SubnetIds: ["subnet-0b2", "subnet-0a1"],
    AvailabilityZones: ["eu-west-1a", "eu-west-1b"],
    SecurityGroupIds: ["sg-0a1"],
  },
  EncryptionAtRestOptions: { Enabled: true, KmsKeyId: "arn:aws:kms:eu-west-1:111122223333:key/1" },
  NodeToNodeEncryptionOptions: { Enabled: true },
  DomainEndpointOptions: {
    EnforceHTTPS: true,
    TLSSecurityPolicy: "Policy-Min-TLS-1-2-2019-07",
    CustomEndpointEnabled: true,
    CustomEndpoint: "logs.example.com",
    CustomEndpointCertificateArn: "arn:aws:acm:eu-west-1:111122223333:certificate/1",
  },
  AdvancedSecurityOptions: { Enabled: true, InternalUserDatabaseEnabled: false },
  SoftwareUpdateOptions: { AutoSoftwareUpdateEnabled: true },
  DomainProcessingStatus: "Active",
};

const region = (names: readonly string[], more: Answers = {}): Answers => ({
  ListDomainNames: namesJson(...names),
  GetResources: JSON.stringify({
    ResourceTagMappingList: [{ ResourceARN: arn("logs"), Tags: [{ Key: "team", Value: "search" }] }],
  }),
  DescribeDomains: ({ DomainNames }) =>
    domainsJson(...(DomainNames as string[]).map((DomainName) => ({ ...logs, DomainName }))),
  ...more,
});

describe("opensearch.domains", () => {
  it("reads a domain", async ({ expect }) => {
    const aws = fakeAws(region(["logs"]));
    const relation = (kind: string, resourceType: string, target: string) => ({ kind, resourceType, target });
    expect(await collect(collector, aws)).toEqual([
      [
        {
          nativeId: arn("logs"),
          arn: arn("logs"),
          name: "logs",
          state: "Active",
          tags: { team: "search" },
          tagsUnread: false,
          createdAt: null,
          relations: [
            relation("uses", "AWS::EC2::SecurityGroup", "arn:aws:ec2:eu-west-1:111122223333:security-group/sg-0a1"),
            relation("in", "AWS::EC2::Subnet", "arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-0a1"),
            relation("in", "AWS::EC2::Subnet", "arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-0b2"),
            relation("encryptedBy", "AWS::KMS::Key", "arn:aws:kms:eu-west-1:111122223333:key/1"),
            relation(
              "uses",
              "AWS::CertificateManager::Certificate",
              "arn:aws:acm:eu-west-1:111122223333:certificate/1",
            ),
          ],
          dnsNames: [
            "logs.example.com",
            "vpc-logs-abc.aos.eu-west-1.on.aws",
            "vpc-logs-abc.eu-west-1.es.amazonaws.com",
          ],
          attributes: {
            engineVersion: "OpenSearch_2.11",
            instanceType: "r6g.large.search",
            instanceCount: 2,
            zoneAwarenessEnabled: true,
            vpcId: "vpc-0a1",
            subnetIds: ["subnet-0a1", "subnet-0b2"],
            securityGroupIds: ["sg-0a1"],
            accessPolicy: [expect.objectContaining({ effect: "Allow", principals: { AWS: ["*"] }, actions: ["es:*"] })],
            advancedSecurityEnabled: true,
            encryptionAtRestEnabled: true,
            kmsKeyId: "arn:aws:kms:eu-west-1:111122223333:key/1",
            nodeToNodeEncryptionEnabled: true,
            enforceHttps: true,
            tlsSecurityPolicy: "Policy-Min-TLS-1-2-2019-07",
            autoSoftwareUpdateEnabled: true,
          },
        },
      ],
    ]);
    expect(aws.calls.map(({ request }) => request)).toEqual([
      "eu-west-1 /2021-01-01/domain",
      "eu-west-1 /2021-01-01/opensearch/domain-info",
      `{"ResourceARNList":["${arn("logs")}"]}`,
    ]);
  });

  it("says null for what AWS leaves out or writes as null", async ({ expect }) => {
    const bare = { DomainName: "bare", VPCOptions: null, Endpoint: null, AccessPolicies: "" };
    const aws = fakeAws(region(["bare"], { DescribeDomains: domainsJson(bare) }));
    const [found] = await allOf(collector, aws);
    const { subnetIds, securityGroupIds, ...rest } = { ...found?.attributes };
    expect([subnetIds, securityGroupIds]).toEqual([[], []]);
    expect(new Set(Object.values(rest))).toEqual(new Set([null]));
    expect(found).toMatchObject({ state: null, tags: {}, tagsUnread: false, relations: [], dnsNames: [] });
  });

  it("asks for five domains at a time, and leaves out those gone since they were listed", async ({ expect }) => {
    const names = ["a", "b", "c", "d", "e", "f", "g"];
    const DescribeDomains = ({ DomainNames }: Readonly<Record<string, unknown>>) =>
      domainsJson(
        ...(DomainNames as string[]).filter((name) => name !== "b").map((DomainName) => ({ ...logs, DomainName })),
      );
    const aws = fakeAws(region(names, { DescribeDomains }));
    expect((await allOf(collector, aws)).map(({ name }) => name)).toEqual(["a", "c", "d", "e", "f", "g"]);
    expect(aws.asked).toEqual([
      "ListDomainNames",
      'DescribeDomains {"DomainNames":["a","b","c","d","e"]}',
      'DescribeDomains {"DomainNames":["f","g"]}',
      `GetResources ${JSON.stringify({ ResourceARNList: ["a", "c", "d", "e", "f", "g"].map(arn) })}`,
    ]);
  });

  it("leaves out a domain AWS does not find any more", async ({ expect }) => {
    const body = JSON.stringify({ __type: "ResourceNotFoundException", message: "Domain not found: logs" });
    expect(await allOf(collector, fakeAws(region(["logs"], { DescribeDomains: { status: 409, body } })))).toEqual([]);
  });

  it("knows nothing where a call is denied, and keeps the gap", async ({ expect }) => {
    const aws = fakeAws({ ListDomainNames: namesJson("logs") });
    const [found] = await allOf(collector, aws);
    expect(found).toMatchObject({ nativeId: arn("logs"), tags: {}, tagsUnread: true, relations: [], dnsNames: [] });
    expect(new Set(Object.values(found?.attributes ?? {}))).toEqual(new Set([undefined]));
    expect(aws.gaps).toEqual(["DescribeDomains", "GetResources"]);
    const [odd] = await allOf(collector, fakeAws(region(["logs"], { DescribeDomains: "{}" })));
    expect(new Set(Object.values(odd?.attributes ?? {}))).toEqual(new Set([undefined]));
  });

  it("makes one call for a region without domains", async ({ expect }) => {
    const aws = fakeAws(region([]));
    expect(await allOf(collector, aws)).toEqual([]);
    expect(aws.asked).toEqual(["ListDomainNames"]);
  });

  it("fails as a whole when the list is denied, or is no list", async ({ expect }) => {
    await expect(collect(collector, fakeAws({}))).rejects.toThrow("AccessDenied");
    await expect(collect(collector, fakeAws({ ListDomainNames: "{}" }))).rejects.toThrow();
  });
});

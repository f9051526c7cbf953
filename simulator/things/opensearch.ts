import { AwsError, json } from "../answers.ts";
import { text, type Call, type Operation } from "../calls.ts";
import { keyArnOf } from "./kms.ts";
import { arnIn, countOf, ec2Id, numbersOf, policyOf, type ThingService } from "./thing.ts";

/** Source: OpenSearch Service API 2021-01-01. */
const kind = "opensearch.domains";
const describedMax = 5;

const nameOf = (n: number): string => `search-${n}`;
const arnOf = (call: Call, n: number): string => arnIn(call, "es", `domain/${nameOf(n)}`);
const isElasticsearch = (n: number): boolean => n % 6 === 5;

/** All of them in one answer. */
const listDomainNames: Operation = (call) => {
  const all = numbersOf(call, kind).map((n) => ({
    DomainName: nameOf(n),
    EngineType: isElasticsearch(n) ? "Elasticsearch" : "OpenSearch",
  }));
  const engine = text(call, "engineType");
  return json({ DomainNames: all.filter(({ EngineType }) => engine === undefined || engine === EngineType) });
};

/** Every seventh is public and lets everybody in; every fifth is not encrypted. */
function domainOf(call: Call, n: number) {
  const isPublic = n % 7 === 6;
  const Enabled = n % 5 !== 0;
  const host = `${isPublic ? "search" : "vpc"}-${nameOf(n)}-abcdefghijklmnopqrstuvwxyz.${call.region}.es.amazonaws.com`;
  const place = {
    Endpoints: { vpc: host },
    VPCOptions: {
      VPCId: ec2Id("vpc", 0),
      SubnetIds: [ec2Id("subnet", 0), ec2Id("subnet", 1)],
      AvailabilityZones: [`${call.region}a`, `${call.region}b`],
      SecurityGroupIds: [ec2Id("sg", n)],
    },
  };
  return {
    DomainId: `${call.account.id}/${nameOf(n)}`,
    DomainName: nameOf(n),
    ARN: arnOf(call, n),
    Created: true,
    Deleted: false,
    Processing: false,
    DomainProcessingStatus: "Active",
    EngineVersion: isElasticsearch(n) ? "Elasticsearch_7.10" : "OpenSearch_2.19",
    ...(isPublic ? { Endpoint: host } : place),
    ClusterConfig: { InstanceType: "t3.small.search", InstanceCount: 2, ZoneAwarenessEnabled: true },
    EBSOptions: { EBSEnabled: true, VolumeType: "gp3", VolumeSize: 20 },
    AccessPolicies: policyOf({
      Effect: "Allow",
      Principal: { AWS: isPublic ? "*" : `arn:aws:iam::${call.account.id}:root` },
      Action: "es:*",
      Resource: `${arnOf(call, n)}/*`,
    }),
    EncryptionAtRestOptions: Enabled ? { Enabled, KmsKeyId: keyArnOf(call, 0) } : { Enabled },
    NodeToNodeEncryptionOptions: { Enabled },
    DomainEndpointOptions: {
      EnforceHTTPS: Enabled,
      TLSSecurityPolicy: Enabled ? "Policy-Min-TLS-1-2-PFS-2023-10" : "Policy-Min-TLS-1-0-2019-07",
      CustomEndpointEnabled: false,
    },
    AdvancedSecurityOptions: { Enabled, InternalUserDatabaseEnabled: false },
    SoftwareUpdateOptions: { AutoSoftwareUpdateEnabled: n % 5 !== 3 },
  };
}

/** Five at once; domains that are not there are left out. */
const describeDomains: Operation = (call) => {
  const { DomainNames: names } = call.input;
  if (!Array.isArray(names) || names.length === 0 || names.length > describedMax) {
    throw new AwsError("ValidationException", 400, `Please provide 1 to ${describedMax} domain names.`);
  }
  const numbers = names.map((name) => Number(/^search-(\d+)$/.exec(String(name))?.[1] ?? Number.NaN));
  const DomainStatusList = numbers.filter((n) => n < countOf(call, kind)).map((n) => domainOf(call, n));
  return json({ DomainStatusList });
};

export const opensearch: ThingService = {
  routes: [
    ["GET", "/2021-01-01/domain", "ListDomainNames"],
    ["POST", "/2021-01-01/opensearch/domain-info", "DescribeDomains"],
  ],
  operations: { ListDomainNames: listDomainNames, DescribeDomains: describeDomains },
  kinds: { [kind]: { isTagged: true, arnOf } },
};

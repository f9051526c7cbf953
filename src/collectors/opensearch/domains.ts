import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { Collector, Found, Place } from "#collectors/collector";
import { flag, number, part, text, texts } from "#collectors/json";
import { ordered } from "#collectors/order";
import { policyOf, type PolicyStatement } from "#collectors/policy";
import { arnIn, encryptedBy, networkRelations, related } from "#collectors/relations";
import { tagActions, taggedAs } from "#collectors/tags";

/** An OpenSearch or Elasticsearch domain. All is `undefined` where DescribeDomains was denied. */
export interface Domain {
  /** `OpenSearch_2.11` or `Elasticsearch_7.10`. */
  readonly engineVersion: string | null | undefined;
  readonly instanceType: string | null | undefined;
  readonly instanceCount: number | null | undefined;
  readonly zoneAwarenessEnabled: boolean | null | undefined;
  /** null: it has a public endpoint. */
  readonly vpcId: string | null | undefined;
  readonly subnetIds: readonly string[] | undefined;
  readonly securityGroupIds: readonly string[] | undefined;
  /** null: nothing is allowed by policy. `undefined` also for one that cannot be read. */
  readonly accessPolicy: readonly PolicyStatement[] | null | undefined;
  /** Fine-grained access control: whoever gets through must still log in. */
  readonly advancedSecurityEnabled: boolean | null | undefined;
  readonly encryptionAtRestEnabled: boolean | null | undefined;
  readonly kmsKeyId: string | null | undefined;
  readonly nodeToNodeEncryptionEnabled: boolean | null | undefined;
  readonly enforceHttps: boolean | null | undefined;
  /** `Policy-Min-TLS-1-2-2019-07`. */
  readonly tlsSecurityPolicy: string | null | undefined;
  readonly autoSoftwareUpdateEnabled: boolean | null | undefined;
}

const listDomainNames: Operation = {
  service: "opensearch",
  action: "ListDomainNames",
  method: "GET",
  path: "/2021-01-01/domain",
};
const describeDomains: Operation = {
  service: "opensearch",
  action: "DescribeDomains",
  method: "POST",
  path: "/2021-01-01/opensearch/domain-info",
};
/** As many as DescribeDomains takes. */
const batch = 5;

const Page = z.object({ DomainNames: z.array(z.object({ DomainName: z.string() })) });

const DescribedDomain = z.object({
  DomainName: z.string(),
  DomainProcessingStatus: text,
  EngineVersion: text,
  Endpoint: text,
  EndpointV2: text,
  Endpoints: z
    .record(z.string(), z.string())
    .nullish()
    .transform((given) => Object.values(given ?? {})),
  ClusterConfig: part({ InstanceType: text, InstanceCount: number, ZoneAwarenessEnabled: flag }),
  AccessPolicies: text,
  VPCOptions: part({ VPCId: text, SubnetIds: texts, SecurityGroupIds: texts }),
  AdvancedSecurityOptions: part({ Enabled: flag }),
  EncryptionAtRestOptions: part({ Enabled: flag, KmsKeyId: text }),
  NodeToNodeEncryptionOptions: part({ Enabled: flag }),
  DomainEndpointOptions: part({
    EnforceHTTPS: flag,
    TLSSecurityPolicy: text,
    CustomEndpoint: text,
    CustomEndpointCertificateArn: text,
  }),
  SoftwareUpdateOptions: part({ AutoSoftwareUpdateEnabled: flag }),
});
type DescribedDomain = z.infer<typeof DescribedDomain>;
const Described = z.object({ DomainStatusList: z.array(DescribedDomain) });

/** Source: OpenSearch Service API 2021-01-01, ListDomainNames (all in one answer) and DescribeDomains for five at a time. */
export const collector: Collector<Domain, object, string> = {
  id: "opensearch.domains",
  service: "opensearch",
  resourceType: "AWS::OpenSearchService::Domain",
  scope: "regional",
  actions: ["es:DescribeDomains", "es:ListDomainNames", ...tagActions],
  batch,
  async *list(context) {
    for await (const page of context.aws.walk(listDomainNames)) {
      yield Page.parse(page).DomainNames.map((domain) => domain.DomainName);
    }
  },
  async describe({ aws, place }, names) {
    const input = { DomainNames: names };
    const answer = await aws.attempt(describeDomains, input, ["ResourceNotFoundException"]);
    if (answer === null) return [];
    const domains = Described.safeParse(answer).data?.DomainStatusList;
    const byName = new Map(domains?.map((domain) => [domain.DomainName, domain]));
    // A domain that is not in the answer is gone; without an answer nothing is known of any.
    return names.filter((name) => !domains || byName.has(name)).map((name) => found(name, byName.get(name), place));
  },
};

const attributesOf = (domain: DescribedDomain | undefined): Domain => ({
  engineVersion: domain?.EngineVersion,
  instanceType: domain?.ClusterConfig.InstanceType,
  instanceCount: domain?.ClusterConfig.InstanceCount,
  zoneAwarenessEnabled: domain?.ClusterConfig.ZoneAwarenessEnabled,
  vpcId: domain?.VPCOptions.VPCId,
  subnetIds: domain?.VPCOptions.SubnetIds.toSorted(),
  securityGroupIds: domain?.VPCOptions.SecurityGroupIds.toSorted(),
  accessPolicy: domain && policyOf(domain.AccessPolicies),
  advancedSecurityEnabled: domain?.AdvancedSecurityOptions.Enabled,
  encryptionAtRestEnabled: domain?.EncryptionAtRestOptions.Enabled,
  kmsKeyId: domain?.EncryptionAtRestOptions.KmsKeyId,
  nodeToNodeEncryptionEnabled: domain?.NodeToNodeEncryptionOptions.Enabled,
  enforceHttps: domain?.DomainEndpointOptions.EnforceHTTPS,
  tlsSecurityPolicy: domain?.DomainEndpointOptions.TLSSecurityPolicy,
  autoSoftwareUpdateEnabled: domain?.SoftwareUpdateOptions.AutoSoftwareUpdateEnabled,
});

/** Dual-stack domains name some twice. */
const hostsOf = (domain: DescribedDomain): readonly string[] =>
  ordered(
    [domain.Endpoint, domain.EndpointV2, ...domain.Endpoints, domain.DomainEndpointOptions.CustomEndpoint].map(
      (host) => host?.toLowerCase() ?? null,
    ),
  );

const arnOf = (name: string, place: Place): string => arnIn(place, "es", `domain/${name}`);

function found(name: string, domain: DescribedDomain | undefined, place: Place): Found<Domain> {
  const arn = arnOf(name, place);
  const attributes = attributesOf(domain);
  return {
    nativeId: arn,
    arn,
    name,
    state: domain?.DomainProcessingStatus ?? null,
    ...taggedAs(arn),
    createdAt: null,
    relations: [
      ...networkRelations(place, attributes),
      ...encryptedBy(attributes.kmsKeyId, place),
      ...related(
        "uses",
        "AWS::CertificateManager::Certificate",
        domain?.DomainEndpointOptions.CustomEndpointCertificateArn,
      ),
    ],
    dnsNames: domain ? hostsOf(domain) : [],
    attributes,
  };
}

import type { FoundBy } from "#collectors/registry";

/** A domain in a VPC with every encryption on, and what is to be different about it. */
export function exampleDomain(
  attributes: Partial<FoundBy<"opensearch.domains">["attributes"]> = {},
): FoundBy<"opensearch.domains"> {
  const arn = "arn:aws:es:eu-west-1:111122223333:domain/search";
  return {
    nativeId: arn,
    arn,
    name: "search",
    state: "Active",
    tags: {},
    createdAt: null,
    attributes: {
      engineVersion: "OpenSearch_2.11",
      instanceType: "r6g.large.search",
      instanceCount: 2,
      zoneAwarenessEnabled: true,
      vpcId: "vpc-0a1",
      subnetIds: ["subnet-0a1"],
      securityGroupIds: ["sg-0a1"],
      accessPolicy: null,
      advancedSecurityEnabled: true,
      encryptionAtRestEnabled: true,
      kmsKeyId: null,
      nodeToNodeEncryptionEnabled: true,
      enforceHttps: true,
      tlsSecurityPolicy: "Policy-Min-TLS-1-2-2019-07",
      autoSoftwareUpdateEnabled: true,
      ...attributes,
    },
  };
}

import type { FoundBy } from "#collectors/registry";

/** A private, encrypted warehouse with an audit log, and what is to be different about it. */
export function exampleCluster(
  attributes: Partial<FoundBy<"redshift.clusters">["attributes"]> = {},
  state = "available",
): FoundBy<"redshift.clusters"> {
  const arn = "arn:aws:redshift:eu-west-1:111122223333:cluster:sales";
  return {
    nativeId: arn,
    arn,
    name: "sales",
    state,
    tags: {},
    createdAt: "2025-03-01T12:00:00.000Z",
    attributes: {
      nodeType: "ra3.large",
      nodes: 2,
      version: "1.0",
      allowVersionUpgrade: true,
      multiAz: "Disabled",
      publiclyAccessible: false,
      endpointHost: "sales.abcdefghijkl.eu-west-1.redshift.amazonaws.com",
      endpointPort: 5439,
      vpcId: "vpc-0a1",
      vpcSecurityGroupIds: ["sg-0a1"],
      enhancedVpcRouting: true,
      encrypted: true,
      kmsKeyId: null,
      snapshotRetentionDays: 7,
      loggingEnabled: true,
      logBucket: "acme-logs",
      ...attributes,
    },
  };
}

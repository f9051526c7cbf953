import type { FoundBy } from "#collectors/registry";

/** An encrypted cache that asks for a password, and what is to be different about it. */
export function exampleReplicationGroup(
  attributes: Partial<FoundBy<"elasticache.replicationGroups">["attributes"]> = {},
): FoundBy<"elasticache.replicationGroups"> {
  const arn = "arn:aws:elasticache:eu-west-1:111122223333:replicationgroup:sessions";
  return {
    nativeId: arn,
    arn,
    name: "sessions",
    state: "available",
    tags: {},
    createdAt: "2025-03-01T12:00:00.000Z",
    attributes: {
      engine: "valkey",
      nodeType: "cache.r7g.large",
      memberClusters: ["sessions-001", "sessions-002"],
      clusterEnabled: false,
      transitEncryptionEnabled: true,
      transitEncryptionMode: "required",
      atRestEncryptionEnabled: true,
      kmsKeyId: null,
      authTokenEnabled: true,
      userGroupIds: [],
      automaticFailover: "enabled",
      multiAz: "enabled",
      snapshotRetentionDays: 7,
      autoMinorVersionUpgrade: true,
      ...attributes,
    },
  };
}

import type { Exposure } from "#checks/check";

/** The RDS API also lists Neptune and DocumentDB, whose instances and clusters are other services' to judge. */
export const isRdsEngine = (engine: string): boolean => engine !== "neptune" && engine !== "docdb";

/** Where an instance or cluster was read, as only clusters have members, and how it is called. */
export const sourceOf = (attributes: object) =>
  "memberIds" in attributes
    ? ({ call: "rds:DescribeDBClusters", noun: "cluster", variant: "cluster" } as const)
    : ({ call: "rds:DescribeDBInstances", noun: "database", variant: "instance" } as const);

/** Nobody reaches a database that does not run. */
export const exposureOf = (state: string | null): Exposure => (state === "stopped" ? "idle" : "internal");

/** Members share their cluster's storage, backups and protection, and fail over to each other. */
export const isMember = (attributes: object): boolean => "clusterId" in attributes && attributes.clusterId !== null;

/** What AWS calls a kind of snapshot, and what it was taken of. */
export const snapshotOf = (attributes: { readonly sourceInstanceId: string } | { readonly sourceClusterId: string }) =>
  "sourceClusterId" in attributes
    ? {
        kind: "DBClusterSnapshot",
        source: `cluster ${attributes.sourceClusterId}`,
        details: { sourceClusterId: attributes.sourceClusterId },
      }
    : {
        kind: "DBSnapshot",
        source: `database ${attributes.sourceInstanceId}`,
        details: { sourceInstanceId: attributes.sourceInstanceId },
      };

import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { Collector, Found, Place } from "#collectors/collector";
import { arnIn, encryptedBy, related } from "#collectors/relations";
import { flag, instant, number, tagsAt, text, wholeListOf } from "#collectors/xml";
import { dbClusterSnapshotMonthlyUsd } from "#prices/rds";
import { inRegion } from "#prices/regions";
import { sharedWithAll } from "./shapes.ts";

/** A snapshot of a cluster somebody took by hand, Neptune's and DocumentDB's among them: `engine` tells. */
export interface DbClusterSnapshot {
  readonly sourceClusterId: string;
  readonly engine: string;
  readonly engineVersion: string | null;
  /** Aurora says 0 or 1 where it does not tell the size. */
  readonly allocatedStorageGib: number | null;
  readonly storageType: string | null;
  readonly encrypted: boolean | null;
  readonly kmsKeyId: string | null;
  /** May every AWS account restore it? Encrypted ones cannot be public, AWS refuses it. */
  readonly isPublic: boolean | undefined;
}

const describeSnapshots: Operation = {
  service: "rds",
  action: "DescribeDBClusterSnapshots",
  paging: { token: "Marker", next: "Marker", limit: ["MaxRecords", 100] },
  lists: ["DBClusterSnapshot", "Tag"],
};
const describeSnapshotAttributes: Operation = {
  service: "rds",
  action: "DescribeDBClusterSnapshotAttributes",
  lists: ["DBClusterSnapshotAttribute", "AttributeValue"],
};

const ListedSnapshot = z.object({
  DBClusterSnapshotIdentifier: z.string(),
  DBClusterIdentifier: z.string(),
  Status: text,
  SnapshotCreateTime: instant,
  Engine: z.string(),
  EngineVersion: text,
  AllocatedStorage: number,
  StorageType: text,
  StorageEncrypted: flag,
  KmsKeyId: text,
  TagList: tagsAt("Tag"),
});
type ListedSnapshot = z.infer<typeof ListedSnapshot>;

const Page = z.object({ DBClusterSnapshots: wholeListOf("DBClusterSnapshot", ListedSnapshot) });

const Sharing = z.object({
  DBClusterSnapshotAttributesResult: z.object({
    DBClusterSnapshotAttributes: sharedWithAll("DBClusterSnapshotAttribute"),
  }),
});

/**
 * Source: RDS API 2014-10-31, DescribeDBClusterSnapshots (manual ones, 100 per page), and
 * DescribeDBClusterSnapshotAttributes for each that is not encrypted.
 */
export const collector: Collector<DbClusterSnapshot> = {
  id: "rds.dbClusterSnapshots",
  service: "rds",
  resourceType: "AWS::RDS::DBClusterSnapshot",
  scope: "regional",
  actions: ["rds:DescribeDBClusterSnapshotAttributes", "rds:DescribeDBClusterSnapshots"],
  async *list({ aws, place }) {
    for await (const page of aws.walk(describeSnapshots, { SnapshotType: "manual" })) {
      yield Page.parse(page).DBClusterSnapshots.map((snapshot) => found(snapshot, place));
    }
  },
  async describe({ aws }, [snapshot]) {
    if (!snapshot) return [];
    if (snapshot.attributes.encrypted) return [snapshot];
    const input = { DBClusterSnapshotIdentifier: snapshot.name };
    const answer = await aws.attempt(describeSnapshotAttributes, input, ["DBClusterSnapshotNotFoundFault"]);
    if (answer === null) return [];
    // No answer is no evidence: `undefined`, not "shared with nobody".
    const isPublic = Sharing.safeParse(answer).data?.DBClusterSnapshotAttributesResult.DBClusterSnapshotAttributes;
    return [{ ...snapshot, attributes: { ...snapshot.attributes, isPublic } }];
  },
};

function found(snapshot: ListedSnapshot, place: Place): Found<DbClusterSnapshot> {
  const arn = arnIn(place, "rds", `cluster-snapshot:${snapshot.DBClusterSnapshotIdentifier}`);
  const source = arnIn(place, "rds", `cluster:${snapshot.DBClusterIdentifier}`);
  const { Engine: engine, AllocatedStorage: allocatedStorageGib } = snapshot;
  return {
    nativeId: arn,
    arn,
    name: snapshot.DBClusterSnapshotIdentifier,
    state: snapshot.Status,
    tags: snapshot.TagList,
    createdAt: snapshot.SnapshotCreateTime,
    costMonthly: inRegion(dbClusterSnapshotMonthlyUsd(engine, allocatedStorageGib), place.region),
    relations: [...related("copyOf", "AWS::RDS::DBCluster", source), ...encryptedBy(snapshot.KmsKeyId, place)],
    attributes: {
      sourceClusterId: snapshot.DBClusterIdentifier,
      engine,
      engineVersion: snapshot.EngineVersion,
      allocatedStorageGib,
      storageType: snapshot.StorageType,
      encrypted: snapshot.StorageEncrypted,
      kmsKeyId: snapshot.KmsKeyId,
      isPublic: snapshot.StorageEncrypted ? false : undefined,
    },
  };
}

import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { Collector, Found, Place } from "#collectors/collector";
import { arnIn, encryptedBy, related } from "#collectors/relations";
import { claim, instant, number, tagsAt, text, wholeListOf } from "#collectors/xml";
import { dbSnapshotMonthlyUsd } from "#prices/rds";
import { inRegion } from "#prices/regions";
import { sharedWithAll } from "./shapes.ts";

/** A snapshot somebody took by hand. Those of clusters are another kind. */
export interface DbSnapshot {
  readonly sourceInstanceId: string;
  readonly engine: string;
  readonly engineVersion: string | null;
  /** Size of the database it was taken of, an upper bound of what is billed. */
  readonly allocatedStorageGib: number | null;
  readonly storageType: string | null;
  readonly encrypted: boolean;
  readonly kmsKeyId: string | null;
  /** May every AWS account restore it? Encrypted ones cannot be public, AWS refuses it. */
  readonly isPublic: boolean | undefined;
}

const describeDbSnapshots: Operation = {
  service: "rds",
  action: "DescribeDBSnapshots",
  paging: { token: "Marker", next: "Marker", limit: ["MaxRecords", 100] },
  lists: ["DBSnapshot", "Tag"],
};
const describeDbSnapshotAttributes: Operation = {
  service: "rds",
  action: "DescribeDBSnapshotAttributes",
  lists: ["DBSnapshotAttribute", "AttributeValue"],
};

const ListedSnapshot = z.object({
  DBSnapshotIdentifier: z.string(),
  DBInstanceIdentifier: z.string(),
  Status: text,
  SnapshotCreateTime: instant,
  Engine: z.string(),
  EngineVersion: text,
  AllocatedStorage: number,
  StorageType: text,
  Encrypted: claim,
  KmsKeyId: text,
  TagList: tagsAt("Tag"),
});
type ListedSnapshot = z.infer<typeof ListedSnapshot>;

const Page = z.object({ DBSnapshots: wholeListOf("DBSnapshot", ListedSnapshot) });

const Sharing = z.object({
  DBSnapshotAttributesResult: z.object({ DBSnapshotAttributes: sharedWithAll("DBSnapshotAttribute") }),
});

/**
 * Source: RDS API 2014-10-31, DescribeDBSnapshots (manual ones, 100 per page), and DescribeDBSnapshotAttributes for each
 * that is not encrypted.
 */
export const collector: Collector<DbSnapshot> = {
  id: "rds.dbSnapshots",
  service: "rds",
  resourceType: "AWS::RDS::DBSnapshot",
  scope: "regional",
  actions: ["rds:DescribeDBSnapshotAttributes", "rds:DescribeDBSnapshots"],
  async *list({ aws, place }) {
    for await (const page of aws.walk(describeDbSnapshots, { SnapshotType: "manual" })) {
      yield Page.parse(page).DBSnapshots.map((snapshot) => found(snapshot, place));
    }
  },
  async describe({ aws }, [snapshot]) {
    if (!snapshot) return [];
    if (snapshot.attributes.encrypted) return [snapshot];
    const input = { DBSnapshotIdentifier: snapshot.name };
    const answer = await aws.attempt(describeDbSnapshotAttributes, input, ["DBSnapshotNotFound"]);
    if (answer === null) return [];
    // No answer is no evidence: `undefined`, not "shared with nobody".
    const isPublic = Sharing.safeParse(answer).data?.DBSnapshotAttributesResult.DBSnapshotAttributes;
    return [{ ...snapshot, attributes: { ...snapshot.attributes, isPublic } }];
  },
};

function found(snapshot: ListedSnapshot, place: Place): Found<DbSnapshot> {
  const arn = arnIn(place, "rds", `snapshot:${snapshot.DBSnapshotIdentifier}`);
  const source = arnIn(place, "rds", `db:${snapshot.DBInstanceIdentifier}`);
  return {
    nativeId: arn,
    arn,
    name: snapshot.DBSnapshotIdentifier,
    state: snapshot.Status,
    tags: snapshot.TagList,
    createdAt: snapshot.SnapshotCreateTime,
    costMonthly: inRegion(dbSnapshotMonthlyUsd(snapshot.AllocatedStorage), place.region),
    relations: [...related("copyOf", "AWS::RDS::DBInstance", source), ...encryptedBy(snapshot.KmsKeyId, place)],
    attributes: {
      sourceInstanceId: snapshot.DBInstanceIdentifier,
      engine: snapshot.Engine,
      engineVersion: snapshot.EngineVersion,
      allocatedStorageGib: snapshot.AllocatedStorage,
      storageType: snapshot.StorageType,
      encrypted: snapshot.Encrypted,
      kmsKeyId: snapshot.KmsKeyId,
      isPublic: snapshot.Encrypted ? false : undefined,
    },
  };
}

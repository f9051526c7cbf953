import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { CollectContext, Collector, Found } from "#collectors/collector";
import { tagsAt, wholeListOf } from "#collectors/shapes";
import { count, instant, text } from "#collectors/xml";

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
  AllocatedStorage: count,
  StorageType: text,
  Encrypted: z.stringbool(),
  KmsKeyId: text,
  TagList: tagsAt("Tag"),
});
type ListedSnapshot = z.infer<typeof ListedSnapshot>;

const Page = z.object({ DBSnapshots: wholeListOf("DBSnapshot", ListedSnapshot) });

const Sharing = z.object({
  DBSnapshotAttributesResult: z.object({
    DBSnapshotAttributes: wholeListOf(
      "DBSnapshotAttribute",
      z.object({ AttributeName: z.string(), AttributeValues: wholeListOf("AttributeValue", z.string()) }),
    ),
  }),
});

/** No answer is no evidence: `undefined`, not "shared with nobody". */
function sharedWithAll(answer: unknown): boolean | undefined {
  const attributes = Sharing.safeParse(answer).data?.DBSnapshotAttributesResult.DBSnapshotAttributes;
  return attributes?.some((one) => one.AttributeName === "restore" && one.AttributeValues.includes("all"));
}

/** `null`: the snapshot is gone since it was listed. */
async function isPublic({ aws }: CollectContext, snapshot: ListedSnapshot): Promise<boolean | null | undefined> {
  if (snapshot.Encrypted) return false;
  const input = { DBSnapshotIdentifier: snapshot.DBSnapshotIdentifier };
  const answer = await aws.attempt(describeDbSnapshotAttributes, input, ["DBSnapshotNotFound"]);
  return answer === null ? null : sharedWithAll(answer);
}

async function found(context: CollectContext, snapshot: ListedSnapshot): Promise<Found<DbSnapshot> | null> {
  const open = await isPublic(context, snapshot);
  if (open === null) return null;
  const { partition, region, awsAccountId } = context.place;
  const arn = `arn:${partition}:rds:${region}:${awsAccountId}:snapshot:${snapshot.DBSnapshotIdentifier}`;
  return {
    nativeId: arn,
    arn,
    name: snapshot.DBSnapshotIdentifier,
    state: snapshot.Status,
    tags: snapshot.TagList,
    createdAt: snapshot.SnapshotCreateTime,
    attributes: {
      sourceInstanceId: snapshot.DBInstanceIdentifier,
      engine: snapshot.Engine,
      engineVersion: snapshot.EngineVersion,
      allocatedStorageGib: snapshot.AllocatedStorage,
      storageType: snapshot.StorageType,
      encrypted: snapshot.Encrypted,
      kmsKeyId: snapshot.KmsKeyId,
      isPublic: open,
    },
  };
}

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
  async *list(context) {
    for await (const page of context.aws.pages(describeDbSnapshots, { SnapshotType: "manual" })) {
      const snapshots = Page.parse(page).DBSnapshots;
      const all = await Promise.all(snapshots.map((snapshot) => found(context, snapshot)));
      yield all.filter((snapshot) => snapshot !== null);
    }
  },
};

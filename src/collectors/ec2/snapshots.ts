import { z } from "zod";
import type { AwsCaller } from "#aws/caller";
import type { Collector, Found, Place } from "#collectors/collector";
import { ec2Arn, encryptedBy, relatedEc2 } from "#collectors/relations";
import { claim, instant, number, text } from "#collectors/xml";
import { snapshotMonthlyUsd } from "#prices/prices";
import { inRegion } from "#prices/regions";
import { list, listing, nameOf, tagSet } from "./shapes.ts";

export interface Snapshot {
  readonly snapshotId: string;
  /** The volume it was taken of; `vol-ffffffff` when it was copied or imported. */
  readonly volumeId: string | null;
  readonly volumeSizeGib: number | null;
  /** All blocks it can restore; what is billed is less, because snapshots are incremental. */
  readonly fullSizeBytes: number | null;
  readonly encrypted: boolean;
  readonly kmsKeyId: string | null;
  /** `standard` or `archive`. */
  readonly storageTier: string;
  readonly description: string | null;
  /** Every AWS account may restore it; `undefined` when the list of public snapshots could not be read. */
  readonly public: boolean | undefined;
}

const ListedSnapshot = z.object({
  snapshotId: z.string(),
  volumeId: text,
  status: text,
  startTime: instant,
  volumeSize: number,
  fullSnapshotSizeInBytes: number,
  encrypted: claim,
  kmsKeyId: text,
  storageTier: text,
  description: text,
  tagSet,
});
type ListedSnapshot = z.infer<typeof ListedSnapshot>;
const Page = z.object({ snapshotSet: list(ListedSnapshot) });
const PublicPage = z.object({ snapshotSet: list(z.object({ snapshotId: z.string() })), nextToken: text });

const pageSize = 1000;
const describeSnapshots = listing("DescribeSnapshots", pageSize);
/** What EC2 says where no volume was copied. */
const noVolume = "vol-ffffffff";
const owner = { "Owner.1": "self" };

/**
 * Source: EC2 API 2016-11-15, DescribeSnapshots, 1,000 per page: once for the account's own, and where there are any, once
 * more for those of them that all accounts may restore.
 */
export const collector: Collector<Snapshot> = {
  id: "ec2.snapshots",
  service: "ec2",
  resourceType: "AWS::EC2::Snapshot",
  scope: "regional",
  actions: ["ec2:DescribeSnapshots"],
  async *list({ aws, place }) {
    let publicIds: ReadonlySet<string> | undefined;
    let asked = false;
    for await (const page of aws.walk(describeSnapshots, owner)) {
      const { snapshotSet } = Page.parse(page);
      if (!asked && snapshotSet.length > 0) {
        publicIds = await listPublicIds(aws);
        asked = true;
      }
      yield snapshotSet.map((snapshot) => found(snapshot, place, publicIds?.has(snapshot.snapshotId)));
    }
  },
};

/** Ids of own snapshots that everybody may restore; `undefined` when any page of them could not be read. */
async function listPublicIds(aws: AwsCaller): Promise<ReadonlySet<string> | undefined> {
  const ids = new Set<string>();
  const tokens = new Set<string>();
  const input = { ...owner, "RestorableBy.1": "all", MaxResults: pageSize };
  for (let token: string | null = null; ;) {
    const answer: unknown = await aws.attempt(
      describeSnapshots,
      token === null ? input : { ...input, NextToken: token },
    );
    if (answer === undefined || answer === null) return undefined;
    const page = PublicPage.safeParse(answer);
    if (!page.success) return undefined;
    for (const { snapshotId } of page.data.snapshotSet) ids.add(snapshotId);
    token = page.data.nextToken;
    if (token === null) return ids;
    if (tokens.has(token)) return undefined;
    tokens.add(token);
  }
}

function found(snapshot: ListedSnapshot, place: Place, isPublic: boolean | undefined): Found<Snapshot> {
  const arn = ec2Arn(place, "Snapshot", snapshot.snapshotId);
  const attributes = attributesOf(snapshot, isPublic);
  return {
    nativeId: arn,
    arn,
    name: nameOf(snapshot.tagSet),
    state: snapshot.status,
    tags: snapshot.tagSet,
    createdAt: snapshot.startTime,
    costMonthly: inRegion(snapshotMonthlyUsd(attributes), place.region),
    relations: [
      ...relatedEc2("copyOf", "Volume", snapshot.volumeId === noVolume ? null : snapshot.volumeId, place),
      ...encryptedBy(snapshot.kmsKeyId, place),
    ],
    attributes,
  };
}

function attributesOf(snapshot: ListedSnapshot, isPublic: boolean | undefined): Snapshot {
  return {
    snapshotId: snapshot.snapshotId,
    volumeId: snapshot.volumeId,
    volumeSizeGib: snapshot.volumeSize,
    fullSizeBytes: snapshot.fullSnapshotSizeInBytes,
    encrypted: snapshot.encrypted,
    kmsKeyId: snapshot.kmsKeyId,
    storageTier: snapshot.storageTier ?? "standard",
    description: snapshot.description,
    public: isPublic,
  };
}

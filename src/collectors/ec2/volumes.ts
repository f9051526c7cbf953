import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { Collector, Found, Place } from "#collectors/collector";
import { flag, innerList, instant, list, nameOf, number, tagSet, text } from "./shapes.ts";

export interface VolumeAttachment {
  readonly instanceId: string | null;
  readonly device: string | null;
  /** `attaching`, `attached`, `detaching`, `busy`. */
  readonly state: string | null;
  readonly attachedAt: string | null;
  readonly deleteOnTermination: boolean | null;
}

export interface VolumeAttributes {
  readonly volumeId: string;
  /** `gp3`, `io2`, `st1`, … */
  readonly volumeType: string | null;
  readonly sizeGib: number | null;
  readonly iops: number | null;
  /** Provisioned throughput in MiB/s; only gp3 has one. */
  readonly throughputMibps: number | null;
  readonly encrypted: boolean;
  readonly kmsKeyId: string | null;
  readonly availabilityZone: string | null;
  readonly snapshotId: string | null;
  readonly multiAttachEnabled: boolean | null;
  readonly attachments: readonly VolumeAttachment[];
}

const Volume = z.object({
  volumeId: z.string(),
  size: number,
  snapshotId: text,
  availabilityZone: text,
  status: text,
  createTime: instant,
  volumeType: text,
  iops: number,
  throughput: number,
  encrypted: flag,
  kmsKeyId: text,
  multiAttachEnabled: flag.optional(),
  attachmentSet: innerList(
    z.object({
      instanceId: text,
      device: text,
      status: text,
      attachTime: instant,
      deleteOnTermination: flag.optional(),
    }),
  ),
  tagSet,
});
const Page = z.object({ volumeSet: list(Volume) });

const describeVolumes = {
  service: "ec2",
  action: "DescribeVolumes",
  paging: { token: "NextToken", next: "nextToken", limit: ["MaxResults", 1000] },
} as const satisfies Operation;

/** Source: EC2 API 2016-11-15, DescribeVolumes, 1,000 per page. */
export const collector: Collector<VolumeAttributes> = {
  id: "ec2.volumes",
  service: "ec2",
  resourceType: "AWS::EC2::Volume",
  scope: "regional",
  actions: ["ec2:DescribeVolumes"],
  async *list({ aws, place }) {
    for await (const page of aws.pages(describeVolumes)) {
      yield Page.parse(page).volumeSet.map((volume) => found(volume, place));
    }
  },
};

function found(volume: z.infer<typeof Volume>, place: Place): Found<VolumeAttributes, object> {
  const arn = `arn:${place.partition}:ec2:${place.region}:${place.awsAccountId}:volume/${volume.volumeId}`;
  return {
    nativeId: arn,
    arn,
    name: nameOf(volume.tagSet),
    state: volume.status,
    tags: volume.tagSet,
    createdAt: volume.createTime,
    attributes: {
      volumeId: volume.volumeId,
      volumeType: volume.volumeType,
      sizeGib: volume.size,
      iops: volume.iops,
      throughputMibps: volume.throughput,
      encrypted: volume.encrypted,
      kmsKeyId: volume.kmsKeyId,
      availabilityZone: volume.availabilityZone,
      snapshotId: volume.snapshotId,
      multiAttachEnabled: volume.multiAttachEnabled ?? null,
      attachments: volume.attachmentSet
        .map((attachment) => ({
          instanceId: attachment.instanceId,
          device: attachment.device,
          state: attachment.status,
          attachedAt: attachment.attachTime,
          deleteOnTermination: attachment.deleteOnTermination ?? null,
        }))
        .toSorted((a, b) => ((a.instanceId ?? "") < (b.instanceId ?? "") ? -1 : 1)),
    },
  };
}

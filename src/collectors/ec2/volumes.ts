import { z } from "zod";
import type { Collector, Found, Place } from "#collectors/collector";
import { by } from "#collectors/order";
import { ec2Arn, encryptedBy, relatedEc2 } from "#collectors/relations";
import { claim, flag, instant, number, text } from "#collectors/xml";
import { volumeMonthlyUsd } from "#prices/prices";
import { inRegion } from "#prices/regions";
import { innerList, list, listing, nameOf, tagSet } from "./shapes.ts";

export interface VolumeAttachment {
  readonly instanceId: string | null;
  readonly device: string | null;
  /** `attaching`, `attached`, `detaching`, `busy`. */
  readonly state: string | null;
  readonly attachedAt: string | null;
  readonly deleteOnTermination: boolean | null;
}

export interface Volume {
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

const ListedVolume = z.object({
  volumeId: z.string(),
  size: number,
  snapshotId: text,
  availabilityZone: text,
  status: text,
  createTime: instant,
  volumeType: text,
  iops: number,
  throughput: number,
  encrypted: claim,
  kmsKeyId: text,
  multiAttachEnabled: flag,
  attachmentSet: innerList(
    z.object({
      instanceId: text,
      device: text,
      status: text,
      attachTime: instant,
      deleteOnTermination: flag,
    }),
  ),
  tagSet,
});
type ListedVolume = z.infer<typeof ListedVolume>;
const Page = z.object({ volumeSet: list(ListedVolume) });

const describeVolumes = listing("DescribeVolumes");

/** Source: EC2 API 2016-11-15, DescribeVolumes, 1,000 per page. */
export const collector: Collector<Volume> = {
  id: "ec2.volumes",
  service: "ec2",
  resourceType: "AWS::EC2::Volume",
  scope: "regional",
  actions: ["ec2:DescribeVolumes"],
  async *list({ aws, place }) {
    for await (const page of aws.walk(describeVolumes)) {
      yield Page.parse(page).volumeSet.map((volume) => found(volume, place));
    }
  },
};

function found(volume: ListedVolume, place: Place): Found<Volume> {
  const arn = ec2Arn(place, "Volume", volume.volumeId);
  const attributes = attributesOf(volume);
  return {
    nativeId: arn,
    arn,
    name: nameOf(volume.tagSet),
    state: volume.status,
    tags: volume.tagSet,
    createdAt: volume.createTime,
    costMonthly: inRegion(volumeMonthlyUsd(attributes), place.region),
    relations: [
      ...relatedEc2(
        "attachedTo",
        "Instance",
        attributes.attachments.map(({ instanceId }) => instanceId),
        place,
      ),
      ...relatedEc2("restoredFrom", "Snapshot", volume.snapshotId, place),
      ...encryptedBy(volume.kmsKeyId, place),
    ],
    attributes,
  };
}

function attributesOf(volume: ListedVolume): Volume {
  return {
    volumeId: volume.volumeId,
    volumeType: volume.volumeType,
    sizeGib: volume.size,
    iops: volume.iops,
    throughputMibps: volume.throughput,
    encrypted: volume.encrypted,
    kmsKeyId: volume.kmsKeyId,
    availabilityZone: volume.availabilityZone,
    snapshotId: volume.snapshotId,
    multiAttachEnabled: volume.multiAttachEnabled,
    attachments: volume.attachmentSet
      .map((attachment) => ({
        instanceId: attachment.instanceId,
        device: attachment.device,
        state: attachment.status,
        attachedAt: attachment.attachTime,
        deleteOnTermination: attachment.deleteOnTermination,
      }))
      .toSorted(by(({ instanceId }) => instanceId ?? "")),
  };
}

import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { Collector, Found, Place } from "#collectors/collector";
import { inner, innerList, instant, list, nameOf, number, ordered, tagSet, text } from "./shapes.ts";

export interface InstanceAttributes {
  readonly instanceId: string;
  readonly instanceType: string | null;
  readonly imageId: string | null;
  readonly availabilityZone: string | null;
  readonly vpcId: string | null;
  readonly subnetId: string | null;
  readonly privateIp: string | null;
  readonly publicIp: string | null;
  readonly securityGroupIds: readonly string[];
  readonly volumeIds: readonly string[];
  /** ARN of the instance profile. */
  readonly iamInstanceProfile: string | null;
  /** `enabled` or `disabled`: whether the metadata service answers at all. */
  readonly httpEndpoint: string | null;
  /** `required` (IMDSv2 only) or `optional` (IMDSv1 too). */
  readonly httpTokens: string | null;
  readonly httpPutResponseHopLimit: number | null;
  /** `enabled` is detailed monitoring, one minute apart. */
  readonly monitoring: string | null;
  /** `spot`, `scheduled`; null for on-demand. */
  readonly lifecycle: string | null;
  readonly launchedAt: string | null;
  /** AWS's own text, e.g. `User initiated (2026-09-01 08:30:00 GMT)`. */
  readonly stateTransitionReason: string | null;
  /** The time in that text. */
  readonly stateChangedAt: string | null;
}

const Instance = z.object({
  instanceId: z.string(),
  instanceType: text,
  imageId: text,
  instanceState: z.object({ name: z.string() }),
  reason: text,
  launchTime: instant,
  placement: inner(z.object({ availabilityZone: text })),
  monitoring: inner(z.object({ state: text })),
  subnetId: text,
  vpcId: text,
  privateIpAddress: text,
  ipAddress: text,
  instanceLifecycle: text,
  iamInstanceProfile: inner(z.object({ arn: text })),
  metadataOptions: inner(z.object({ httpTokens: text, httpEndpoint: text, httpPutResponseHopLimit: number })),
  groupSet: innerList(z.object({ groupId: text })),
  blockDeviceMapping: innerList(z.object({ ebs: inner(z.object({ volumeId: text })) })),
  tagSet,
});
const Page = z.object({ reservationSet: list(z.object({ instancesSet: innerList(Instance) })) });

const describeInstances = {
  service: "ec2",
  action: "DescribeInstances",
  paging: { token: "NextToken", next: "nextToken", limit: ["MaxResults", 1000] },
} as const satisfies Operation;

/** Source: EC2 API 2016-11-15, DescribeInstances, 1,000 per page. Terminated ones stay listed for about an hour. */
export const collector: Collector<InstanceAttributes> = {
  id: "ec2.instances",
  service: "ec2",
  resourceType: "AWS::EC2::Instance",
  scope: "regional",
  actions: ["ec2:DescribeInstances"],
  async *list({ aws, place }) {
    for await (const page of aws.pages(describeInstances)) {
      const instances = Page.parse(page).reservationSet.flatMap((reservation) => reservation.instancesSet);
      yield instances.map((instance) => found(instance, place));
    }
  },
};

function found(instance: z.infer<typeof Instance>, place: Place): Found<InstanceAttributes, object> {
  const arn = `arn:${place.partition}:ec2:${place.region}:${place.awsAccountId}:instance/${instance.instanceId}`;
  return {
    nativeId: arn,
    arn,
    name: nameOf(instance.tagSet),
    state: instance.instanceState.name,
    tags: instance.tagSet,
    // EC2 keeps no creation time: this is the latest start.
    createdAt: instance.launchTime,
    attributes: attributesOf(instance),
  };
}

function attributesOf(instance: z.infer<typeof Instance>): InstanceAttributes {
  return {
    instanceId: instance.instanceId,
    instanceType: instance.instanceType,
    imageId: instance.imageId,
    availabilityZone: instance.placement?.availabilityZone ?? null,
    vpcId: instance.vpcId,
    subnetId: instance.subnetId,
    privateIp: instance.privateIpAddress,
    publicIp: instance.ipAddress,
    securityGroupIds: ordered(instance.groupSet.map(({ groupId }) => groupId)),
    volumeIds: ordered(instance.blockDeviceMapping.map(({ ebs }) => ebs?.volumeId ?? null)),
    iamInstanceProfile: instance.iamInstanceProfile?.arn ?? null,
    httpEndpoint: instance.metadataOptions?.httpEndpoint ?? null,
    httpTokens: instance.metadataOptions?.httpTokens ?? null,
    httpPutResponseHopLimit: instance.metadataOptions?.httpPutResponseHopLimit ?? null,
    monitoring: instance.monitoring?.state ?? null,
    lifecycle: instance.instanceLifecycle,
    launchedAt: instance.launchTime,
    stateTransitionReason: instance.reason,
    stateChangedAt: timeIn(instance.reason),
  };
}

/** The time in `User initiated (2026-09-01 08:30:00 GMT)`, ISO 8601 UTC; null when the text names none. */
function timeIn(reason: string | null): string | null {
  const [, day, time] = /\((\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) (?:GMT|UTC)\)/.exec(reason ?? "") ?? [];
  const at = new Date(`${day}T${time}Z`);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}

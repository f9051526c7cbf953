import { z } from "zod";
import type { AwsCaller, Operation } from "#aws/caller";
import type { Collector, Found, Place, Relation } from "#collectors/collector";
import { metricActions, type MetricQuery } from "#collectors/metrics";
import { ordered } from "#collectors/order";
import { ec2Arn, networkRelations, related, relatedEc2 } from "#collectors/relations";
import { flag, instant, number, part, text } from "#collectors/xml";
import { instanceMonthlyUsd } from "#prices/ec2";
import { innerList, list, listing, nameOf, tagSet } from "./shapes.ts";

export interface Instance {
  readonly instanceId: string;
  readonly instanceType: string | null;
  readonly imageId: string | null;
  readonly availabilityZone: string | null;
  readonly vpcId: string | null;
  readonly subnetId: string | null;
  readonly privateIp: string | null;
  readonly publicIp: string | null;
  /** Public IPv4 addresses of all its network interfaces. */
  readonly publicIps: readonly string[];
  readonly ipv6Addresses: readonly string[];
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
  /** What its licence is charged as: `Linux/UNIX`, `Windows`, `Red Hat Enterprise Linux`, … */
  readonly platform: string | null;
  /** `default`, or `dedicated` or `host`: hardware of its own. */
  readonly tenancy: string | null;
  /** What AWS says of its type; null: it does not know the type. */
  readonly typeFacts: TypeFacts | null | undefined;
}

export interface TypeFacts {
  /** false: there are newer types for the same work. */
  readonly currentGeneration: boolean | null;
  readonly vCpus: number | null;
  readonly memoryMib: number | null;
  /** It saves credits for when the processor is needed (T types). */
  readonly burstable: boolean | null;
}

/**
 * Load of the last 14 days; null: CloudWatch has no data. Left out for instances that do not run, spot instances, and those
 * an Auto Scaling group made: nobody sizes them one by one.
 */
export interface InstanceObserved {
  /** The highest share of its processors in use within a day's minutes, in percent. */
  readonly cpuPeakPct: number | null | undefined;
  /** Of the day with the most. Days may differ, so the two together are at least what any day had. */
  readonly networkInPeakBytes: number | null | undefined;
  readonly networkOutPeakBytes: number | null | undefined;
  /** Credits it was charged for; null for types without. */
  readonly surplusCreditsCharged: number | null | undefined;
}

const ListedInstance = z.object({
  instanceId: z.string(),
  instanceType: text,
  imageId: text,
  instanceState: z.object({ name: z.string() }),
  reason: text,
  launchTime: instant,
  placement: part({ availabilityZone: text, tenancy: text }),
  monitoring: part({ state: text }),
  subnetId: text,
  vpcId: text,
  privateIpAddress: text,
  ipAddress: text,
  networkInterfaceSet: innerList(
    z.object({
      association: part({ publicIp: text }),
      ipv6AddressesSet: innerList(z.object({ ipv6Address: text })),
    }),
  ),
  platformDetails: text,
  instanceLifecycle: text,
  iamInstanceProfile: part({ arn: text }),
  metadataOptions: part({ httpTokens: text, httpEndpoint: text, httpPutResponseHopLimit: number }),
  groupSet: innerList(z.object({ groupId: text })),
  blockDeviceMapping: innerList(z.object({ ebs: part({ volumeId: text }) })),
  tagSet,
});
type ListedInstance = z.infer<typeof ListedInstance>;
const Page = z.object({ reservationSet: list(z.object({ instancesSet: innerList(ListedInstance) })) });

const Types = z.object({
  instanceTypeSet: list(
    z
      .object({
        instanceType: z.string(),
        currentGeneration: flag,
        vCpuInfo: part({ defaultVCpus: number }),
        memoryInfo: part({ sizeInMiB: number }),
        burstablePerformanceSupported: flag,
      })
      .transform((type): [name: string, facts: TypeFacts] => [
        type.instanceType,
        {
          currentGeneration: type.currentGeneration,
          vCpus: type.vCpuInfo.defaultVCpus,
          memoryMib: type.memoryInfo.sizeInMiB,
          burstable: type.burstablePerformanceSupported,
        },
      ]),
  ),
});

const describeInstances = listing("DescribeInstances");
const describeInstanceTypes: Operation = { service: "ec2", action: "DescribeInstanceTypes" };
/** As many as one call may name. */
const typesMax = 100;

/**
 * Source: EC2 API 2016-11-15, DescribeInstances, 1,000 per page (terminated ones stay listed for about an hour), and
 * DescribeInstanceTypes, once for each type in use, 100 at once. Metrics: EC2 user guide, "CloudWatch metrics that are
 * available for your instances".
 */
export const collector: Collector<Instance, InstanceObserved> = {
  id: "ec2.instances",
  service: "ec2",
  resourceType: "AWS::EC2::Instance",
  scope: "regional",
  actions: ["ec2:DescribeInstanceTypes", "ec2:DescribeInstances", ...metricActions],
  async *list({ aws, place }) {
    const types: KnownTypes = new Map();
    for await (const page of aws.walk(describeInstances)) {
      const instances = Page.parse(page).reservationSet.flatMap((reservation) => reservation.instancesSet);
      await learn(types, instances, aws);
      yield instances.map((instance) => found(instance, types, place));
    }
  },
  measures: {
    queries: (instance) => (isMeasured(instance) ? loadOf(instance.attributes) : []),
    with: (instance, [cpuPeakPct, networkInPeakBytes, networkOutPeakBytes, surplusCreditsCharged]) => ({
      ...instance,
      observed: {
        cpuPeakPct,
        networkInPeakBytes,
        networkOutPeakBytes,
        surplusCreditsCharged: isBurstable(instance.attributes) ? surplusCreditsCharged : null,
      },
    }),
  },
};

type KnownTypes = Map<string, TypeFacts | null | undefined>;

/** Adds the types of these instances that were not asked for yet. */
async function learn(types: KnownTypes, instances: readonly ListedInstance[], aws: AwsCaller): Promise<void> {
  const fresh = new Set(instances.map(({ instanceType }) => instanceType).filter((type) => type !== null));
  const names = [...fresh.difference(types)].toSorted();
  for (let start = 0; start < names.length; start += typesMax) {
    const asked = names.slice(start, start + typesMax);
    const answer = await aws.attempt(describeInstanceTypes, { InstanceType: asked });
    const told = Types.safeParse(answer).data;
    const facts = told && new Map(told.instanceTypeSet);
    for (const name of asked) types.set(name, facts && (facts.get(name) ?? null));
  }
}

/** Nobody sizes spot instances, nor those an Auto Scaling group made, one by one. */
export const isMeasured = ({ state, tags, attributes }: Found<Instance, InstanceObserved>): boolean =>
  state === "running" && attributes.lifecycle !== "spot" && !("aws:autoscaling:groupName" in tags);

const isBurstable = ({ instanceType }: Instance): boolean => /^t\d/.test(instanceType ?? "");

function loadOf(attributes: Instance): readonly MetricQuery[] {
  const metric = (name: string, stat: MetricQuery["stat"], over: MetricQuery["over"]): MetricQuery => ({
    namespace: "AWS/EC2",
    metric: name,
    dimensions: { InstanceId: attributes.instanceId },
    stat,
    days: 14,
    over,
  });
  return [
    metric("CPUUtilization", "Maximum", "max"),
    metric("NetworkIn", "Sum", "max"),
    metric("NetworkOut", "Sum", "max"),
    ...(isBurstable(attributes) ? [metric("CPUSurplusCreditsCharged", "Sum", "sum")] : []),
  ];
}

/** Its volumes and addresses are counted by themselves; what other licences, spot and own hardware cost is not known. */
function costOf(instance: ListedInstance, { region }: Place): number | null {
  if (!["pending", "running"].includes(instance.instanceState.name)) return 0;
  const { instanceType, instanceLifecycle, platformDetails, placement } = instance;
  if (instanceType === null || instanceLifecycle !== null) return null;
  if ((placement.tenancy ?? "default") !== "default" || (platformDetails ?? "Linux/UNIX") !== "Linux/UNIX") return null;
  return instanceMonthlyUsd(instanceType, region);
}

function relationsOf(attributes: Instance, place: Place): readonly Relation[] {
  return [
    ...networkRelations(place, { subnetIds: attributes.subnetId, securityGroupIds: attributes.securityGroupIds }),
    ...relatedEc2("in", "VPC", attributes.vpcId, place),
    ...relatedEc2("bootedFrom", "Image", attributes.imageId, place),
    ...relatedEc2("uses", "Volume", attributes.volumeIds, place),
    ...related("assumes", "AWS::IAM::InstanceProfile", attributes.iamInstanceProfile),
  ];
}

function found(instance: ListedInstance, types: KnownTypes, place: Place): Found<Instance, InstanceObserved> {
  const arn = ec2Arn(place, "Instance", instance.instanceId);
  const attributes = attributesOf(instance, types);
  return {
    nativeId: arn,
    arn,
    name: nameOf(instance.tagSet),
    state: instance.instanceState.name,
    tags: instance.tagSet,
    // EC2 keeps no creation time: this is the latest start.
    createdAt: instance.launchTime,
    costMonthly: costOf(instance, place),
    relations: relationsOf(attributes, place),
    attributes,
  };
}

function attributesOf(instance: ListedInstance, types: KnownTypes): Instance {
  const interfaces = instance.networkInterfaceSet;
  const publicIps = [instance.ipAddress, ...interfaces.map(({ association }) => association.publicIp)];
  const ipv6Addresses = interfaces.flatMap(({ ipv6AddressesSet }) => ipv6AddressesSet);
  return {
    instanceId: instance.instanceId,
    instanceType: instance.instanceType,
    imageId: instance.imageId,
    availabilityZone: instance.placement.availabilityZone,
    vpcId: instance.vpcId,
    subnetId: instance.subnetId,
    privateIp: instance.privateIpAddress,
    publicIp: instance.ipAddress,
    publicIps: ordered(publicIps),
    ipv6Addresses: ordered(ipv6Addresses.map(({ ipv6Address }) => ipv6Address)),
    securityGroupIds: ordered(instance.groupSet.map(({ groupId }) => groupId)),
    volumeIds: ordered(instance.blockDeviceMapping.map(({ ebs }) => ebs.volumeId)),
    iamInstanceProfile: instance.iamInstanceProfile.arn,
    httpEndpoint: instance.metadataOptions.httpEndpoint,
    httpTokens: instance.metadataOptions.httpTokens,
    httpPutResponseHopLimit: instance.metadataOptions.httpPutResponseHopLimit,
    monitoring: instance.monitoring.state,
    lifecycle: instance.instanceLifecycle,
    launchedAt: instance.launchTime,
    stateTransitionReason: instance.reason,
    stateChangedAt: timeIn(instance.reason),
    platform: instance.platformDetails,
    tenancy: instance.placement.tenancy,
    typeFacts: instance.instanceType === null ? null : types.get(instance.instanceType),
  };
}

/** The time in `User initiated (2026-09-01 08:30:00 GMT)`, ISO 8601 UTC; null when the text names none. */
function timeIn(reason: string | null): string | null {
  const [, day, time] = /\((\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) (?:GMT|UTC)\)/.exec(reason ?? "") ?? [];
  const at = new Date(`${day}T${time}Z`);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}

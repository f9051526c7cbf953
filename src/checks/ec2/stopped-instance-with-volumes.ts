import type { About, Check, Examples } from "#checks/check";
import { cents, prices, publicIpv4MonthlyUsd, volumeMonthlyUsd } from "#prices/prices";
import type { FoundBy } from "#collectors/registry";
import { daysSince, isOlderThan } from "#checks/days";
import { exampleAddress, exampleInstance, exampleVolume } from "./examples.ts";

interface Params {
  readonly minDaysStopped: number;
}

export const check: Check<"ec2.instances", Params, "ec2.volumes" | "ec2.addresses"> = {
  id: "stopped_instance_with_volumes",
  severity: "low",
  category: "cost",
  domain: "cost",
  effort: "low",
  confidence: 0.9,
  drift: false,
  resources: ["ec2.instances"],
  reads: ["ec2.volumes", "ec2.addresses"],
  condense: {
    "ec2.instances": ({ state, attributes: { instanceId, volumeIds, stateChangedAt, stateTransitionReason } }) =>
      state === "stopped" ? { instanceId, volumeIds, stateChangedAt, stateTransitionReason } : null,
    "ec2.volumes": ({ attributes: { volumeId, volumeType, sizeGib, iops, throughputMibps } }) => ({
      volumeId,
      volumeType,
      sizeGib,
      iops,
      throughputMibps,
    }),
    "ec2.addresses": ({ attributes: { instanceId, publicIp, publicIpv4Pool } }) =>
      instanceId === null ? null : { instanceId, publicIp, publicIpv4Pool },
  },
  decisive: ["stoppedAt", "volumeIds", "publicIps"],
  params: { minDaysStopped: 30 },
  judge({ state, attributes }, context) {
    const { instanceId, volumeIds, stateChangedAt } = attributes;
    if (state !== "stopped") return null;
    if (volumeIds.length === 0) return { status: "pass" };
    if (stateChangedAt === null)
      return { status: "unknown", reason: "ec2:DescribeInstances does not say when it was stopped" };
    if (!isOlderThan(context.params.minDaysStopped, stateChangedAt, context.now)) return { status: "pass" };
    const held = context.others("ec2.addresses").filter((address) => address.attributes.instanceId === instanceId);
    const volumes = context.others("ec2.volumes").filter((volume) => volumeIds.includes(volume.attributes.volumeId));
    const publicIps = held.map((address) => address.attributes.publicIp).toSorted();
    return {
      status: "fail",
      exposure: "idle",
      summary: `Instance ${instanceId}, stopped on ${stateChangedAt.slice(0, 10)}, still holds ${volumeIds.join(", ")}.`,
      details: { instanceId, stoppedAt: stateChangedAt, volumeIds, publicIps },
      evidence: evidenceOf(attributes),
      savingsMonthly: volumes.length === volumeIds.length ? saving(volumes, held) : null,
    };
  },
  atRead: ({ stoppedAt }, now) => ({ stoppedDays: daysSince(stoppedAt, now) }),
};

const evidenceOf = ({ stateTransitionReason, volumeIds }: FoundBy<"ec2.instances">["attributes"]) => {
  const call = "ec2:DescribeInstances";
  const instance = "Reservations[].Instances[]";
  return [
    { call, field: `${instance}.State.Name`, value: "stopped" },
    { call, field: `${instance}.StateTransitionReason`, value: stateTransitionReason },
    { call, field: `${instance}.BlockDeviceMappings[].Ebs.VolumeId`, value: volumeIds },
  ];
};

/** USD per month when the instance becomes a snapshot of all its GiB; null when a volume has no price, never below zero. */
function saving(volumes: readonly FoundBy<"ec2.volumes">[], held: readonly FoundBy<"ec2.addresses">[]): number | null {
  let usd = held.filter(({ attributes }) => attributes.publicIpv4Pool === "amazon").length * publicIpv4MonthlyUsd;
  for (const { attributes } of volumes) {
    const monthly = volumeMonthlyUsd(attributes);
    if (monthly === null || attributes.sizeGib === null) return null;
    usd += monthly - attributes.sizeGib * prices["ebs.snapshot.gb_month"];
  }
  return cents(Math.max(0, usd));
}

export const about: About = {
  title: "Long-stopped instance keeps volumes that are paid for",
  rationale:
    "Stopping ends the charge for computing only. The disks with their provisioned speed and the addresses held for the instance go on being billed.",
  remediation:
    "If it is needed again, start it. If not, make an image of it, terminate it, and release the addresses that belonged to it.",
  controls: {
    aws_fsbp: ["EC2.4"],
  },
};

export const examples = (): Examples<"ec2.instances", Params> => {
  const stopped = (attributes: Parameters<typeof exampleInstance>[0] = {}) =>
    exampleInstance(
      {
        stateTransitionReason: "User initiated (2026-02-01 09:30:00 GMT)",
        stateChangedAt: "2026-02-01T09:30:00.000Z",
        ...attributes,
      },
      { state: "stopped" },
    );
  const now = new Date("2026-04-01T00:00:00Z");
  const address = exampleAddress({ instanceId: "i-0123456789abcdef0" });
  const byoip = exampleAddress({ instanceId: "i-0123456789abcdef0", publicIpv4Pool: "ipv4pool-ec2-0a" });
  return {
    pass: [
      { name: "stopped for exactly as long as allowed", found: stopped(), now: new Date("2026-03-03T09:30:00.000Z") },
      { name: "nothing left on it", found: stopped({ volumeIds: [] }), now },
    ],
    fail: [
      {
        name: "a millisecond longer",
        found: stopped(),
        now: new Date("2026-03-03T09:30:00.001Z"),
        others: { "ec2.volumes": [exampleVolume()], "ec2.addresses": [address, exampleAddress()] },
        expect: {
          exposure: "idle",
          savingsMonthly: 6.65,
          details: { stoppedAt: "2026-02-01T09:30:00.000Z", publicIps: ["203.0.113.25"] },
        },
      },
      {
        name: "with an address of its own",
        found: stopped(),
        now,
        others: { "ec2.volumes": [exampleVolume()], "ec2.addresses": [byoip] },
        expect: { savingsMonthly: 3 },
      },
      {
        name: "a snapshot would cost more than the disk",
        found: stopped(),
        now,
        others: { "ec2.volumes": [exampleVolume({ volumeType: "sc1" })] },
        expect: { savingsMonthly: 0 },
      },
      { name: "its volume is not listed", found: stopped(), now },
    ],
    unknown: [
      { name: "no time in the reason", found: stopped({ stateTransitionReason: null, stateChangedAt: null }), now },
    ],
    notApplicable: [{ name: "running", found: exampleInstance(), now }],
  };
};

import type { About, Check, Examples } from "#checks/check";
import { isOlderThan } from "#checks/days";
import { oncePerList } from "#checks/once";
import type { FoundBy } from "#collectors/registry";
import { cents, gp3MonthlyUsd, prices } from "#prices/prices";
import { exampleInstance, exampleVolume } from "./examples.ts";

interface Params {
  /** As that of stopped_instance_with_volumes: what an instance stopped for longer holds is counted there. */
  readonly minDaysStopped: number;
}

export const check: Check<"ec2.volumes", Params, "ec2.instances"> = {
  id: "ebs_gp2_to_gp3",
  severity: "low",
  category: "cost",
  domain: "cost",
  effort: "low",
  confidence: 0.95,
  drift: false,
  resources: ["ec2.volumes"],
  reads: ["ec2.instances"],
  condense: {
    "ec2.volumes": ({ state, attributes: { volumeId, volumeType, sizeGib } }) =>
      state === "in-use" ? { volumeId, volumeType, sizeGib } : null,
    "ec2.instances": ({ state, attributes: { volumeIds, stateChangedAt } }) =>
      state === "stopped" ? { volumeIds, stateChangedAt } : null,
  },
  decisive: ["volumeSize", "volumeType"],
  params: { minDaysStopped: 30 },
  judge({ state, attributes }, { others, params, now }) {
    const { volumeId, volumeType, sizeGib } = attributes;
    // An unattached volume belongs deleted, not converted: orphaned_volume counts it.
    if (state !== "in-use" || (volumeType !== "gp2" && volumeType !== "gp3")) return null;
    if (volumeType === "gp3") return { status: "pass" };
    const stoppedAt = stops(others("ec2.instances")).get(volumeId);
    if (stoppedAt !== undefined && isOlderThan(params.minDaysStopped, stoppedAt, now)) return null;
    if (sizeGib === null) return { status: "unknown", reason: "ec2:DescribeVolumes gave no size" };
    const { iops, throughputMibps } = gp2Performance(sizeGib);
    const saving = cents(sizeGib * prices["ebs.gp2.gb_month"] - gp3MonthlyUsd(sizeGib, iops, throughputMibps));
    if (saving <= 0) return { status: "pass" };
    return {
      status: "fail",
      summary: `EBS volume ${volumeId} (gp2, ${sizeGib} GiB) would cost less as gp3 at the same speed.`,
      details: { volumeSize: sizeGib, volumeType, gp3Iops: Math.max(3000, iops), gp3ThroughputMibps: throughputMibps },
      evidence: [
        { call: "ec2:DescribeVolumes", field: "Volumes[].VolumeType", value: volumeType },
        { call: "ec2:DescribeVolumes", field: "Volumes[].Size", value: sizeGib },
      ],
      savingsMonthly: saving,
    };
  },
};

/** When the instance that holds a volume was stopped. */
const stops = oncePerList(
  (instances: readonly FoundBy<"ec2.instances">[]): ReadonlyMap<string, string> =>
    new Map(
      instances.flatMap(({ state, attributes: { volumeIds, stateChangedAt } }) =>
        state === "stopped" && stateChangedAt !== null ? volumeIds.map((id) => [id, stateChangedAt] as const) : [],
      ),
    ),
);

/** What a gp2 volume of this size gives for ever (Amazon EBS user guide, General Purpose SSD volumes). */
const gp2Performance = (sizeGib: number) => ({
  iops: Math.min(16_000, Math.max(100, 3 * sizeGib)),
  throughputMibps: sizeGib <= 170 ? 128 : 250,
});

export const about: About = {
  title: "gp2 volume costs more than an equally fast gp3 one",
  rationale:
    "The newer volume type asks less for each GiB and comes with a fixed share of IOPS and throughput, where gp2 ties speed to size.",
  remediation:
    "Change the volume's type to gp3 while it is in use (ModifyVolume). Set the IOPS and throughput named in this finding so that nothing gets slower.",
  controls: {},
};

export const examples = (): Examples<"ec2.volumes", Params> => {
  const now = new Date("2026-03-03T09:30:00.001Z");
  const holder = (state: string, stateChangedAt: string | null = "2026-02-01T09:30:00.000Z") => ({
    "ec2.instances": [exampleInstance({ stateChangedAt }, { state })],
  });
  const gp2 = (sizeGib: number | null) => exampleVolume({ volumeType: "gp2", sizeGib, throughputMibps: null });
  return {
    pass: [
      { name: "gp3 already", found: exampleVolume() },
      { name: "just past 170 GiB the throughput must be bought", found: gp2(171) },
      { name: "the same price", found: gp2(250) },
    ],
    fail: [
      {
        name: "100 GiB",
        found: gp2(100),
        expect: { savingsMonthly: 1.88, details: { gp3Iops: 3000, gp3ThroughputMibps: 128 } },
      },
      { name: "its instance runs", found: gp2(100), now, others: holder("running") },
      {
        name: "its instance stopped for exactly as long as allowed",
        found: gp2(100),
        now: new Date("2026-03-03T09:30:00.000Z"),
        others: holder("stopped"),
        expect: { savingsMonthly: 1.88 },
      },
      { name: "nobody knows when its instance was stopped", found: gp2(100), now, others: holder("stopped", null) },
      {
        name: "its instance may be stopped for longer",
        found: gp2(100),
        now,
        others: holder("stopped"),
        params: { minDaysStopped: 60 },
      },
      {
        name: "another volume's instance stopped",
        found: exampleVolume({ volumeType: "gp2", volumeId: "vol-0b" }),
        now,
        others: holder("stopped"),
      },
      { name: "170 GiB, the last with little throughput", found: gp2(170), expect: { savingsMonthly: 3.28 } },
      { name: "251 GiB, the first to pay off again", found: gp2(251), expect: { savingsMonthly: 0.02 } },
      {
        name: "1,000 GiB, all IOPS included",
        found: gp2(1000),
        expect: { savingsMonthly: 15, details: { gp3Iops: 3000 } },
      },
      {
        name: "2,000 GiB",
        found: gp2(2000),
        expect: { savingsMonthly: 20, details: { gp3Iops: 6000, gp3ThroughputMibps: 250 } },
      },
      { name: "the largest", found: gp2(16_384), expect: { savingsMonthly: 257.68, details: { gp3Iops: 16_000 } } },
    ],
    unknown: [{ name: "no size", found: gp2(null) }],
    notApplicable: [
      { name: "another type", found: exampleVolume({ volumeType: "st1" }) },
      { name: "its instance stopped for longer: reported there", found: gp2(100), now, others: holder("stopped") },
      { name: "unattached", found: exampleVolume({ volumeType: "gp2" }, { state: "available" }) },
    ],
  };
};

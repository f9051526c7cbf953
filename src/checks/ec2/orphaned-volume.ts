import type { About, Check, Examples } from "#checks/check";
import { cents, volumeMonthlyUsd } from "#prices/prices";
import { daysSince, isOlderThan } from "#checks/days";
import { exampleVolume } from "./examples.ts";

interface Params {
  /** A volume made just now may be about to be attached. */
  readonly graceDays: number;
}

export const check: Check<"ec2.volumes", Params> = {
  id: "orphaned_volume",
  severity: "medium",
  category: "cost",
  domain: "cost",
  effort: "low",
  confidence: 0.95,
  drift: false,
  resources: ["ec2.volumes"],
  decisive: ["volumeSize", "encrypted"],
  params: { graceDays: 1 },
  judge({ state, createdAt, attributes }, { now, params }) {
    if (state === "in-use") return { status: "pass" };
    if (state !== "available") return null;
    if (createdAt === null) return { status: "unknown", reason: "ec2:DescribeVolumes gave no creation time" };
    if (!isOlderThan(params.graceDays, createdAt, now)) return { status: "pass" };
    const { volumeId, volumeType, sizeGib, availabilityZone, encrypted } = attributes;
    const monthly = volumeMonthlyUsd(attributes);
    return {
      status: "fail",
      exposure: "idle",
      summary: `EBS volume ${volumeId} (${volumeType ?? "type unknown"}, ${sizeGib ?? "?"} GiB) is attached to no instance.`,
      details: { volumeSize: sizeGib, volumeType, availabilityZone, encrypted, createdAt },
      evidence: [
        { call: "ec2:DescribeVolumes", field: "Volumes[].State", value: state },
        { call: "ec2:DescribeVolumes", field: "Volumes[].Attachments", value: attributes.attachments },
        { call: "ec2:DescribeVolumes", field: "Volumes[].CreateTime", value: createdAt },
      ],
      savingsMonthly: monthly === null ? null : cents(monthly),
    };
  },
  atRead: ({ createdAt }, now) => ({ ageDays: daysSince(createdAt, now) }),
};

export const about: About = {
  title: "EBS volume is attached to no instance",
  rationale:
    "EBS charges for what is provisioned, not for what is used: an unattached volume costs as much as a busy one, and whatever is left on it is easily forgotten.",
  remediation:
    "Find out whose it was (tags, the snapshot it came from). Take a snapshot if its contents may still be wanted, then delete the volume.",
  controls: {},
};

export const examples = (): Examples<"ec2.volumes", Params> => {
  const available = { state: "available", createdAt: "2026-03-01T12:00:00.000Z" };
  const loose = (attributes: Parameters<typeof exampleVolume>[0] = {}) => exampleVolume(attributes, available);
  const now = new Date("2026-03-10T00:00:00Z");
  return {
    pass: [
      { name: "attached", found: exampleVolume(), now },
      { name: "unattached for exactly the grace", found: loose(), now: new Date("2026-03-02T12:00:00.000Z") },
      { name: "unattached within a longer grace", found: loose(), params: { graceDays: 30 }, now },
    ],
    fail: [
      {
        name: "a millisecond past the grace",
        found: loose(),
        now: new Date("2026-03-02T12:00:00.001Z"),
        expect: {
          exposure: "idle",
          savingsMonthly: 8,
          details: { volumeSize: 100, volumeType: "gp3", availabilityZone: "eu-west-1a" },
        },
      },
      {
        name: "gp3 with more than is included",
        found: loose({ iops: 4000, throughputMibps: 130 }),
        now,
        expect: { savingsMonthly: 13.2 },
      },
      {
        name: "io1",
        found: loose({ volumeType: "io1", sizeGib: 30, iops: 300 }),
        now,
        expect: { savingsMonthly: 23.25 },
      },
      {
        name: "io2 beyond the first price step",
        found: loose({ volumeType: "io2", sizeGib: 100, iops: 64_000 }),
        now,
        expect: { savingsMonthly: 2092.5 },
      },
      {
        name: "cold storage",
        found: loose({ volumeType: "sc1", sizeGib: 125 }),
        now,
        expect: { savingsMonthly: 1.88 },
      },
      { name: "a type without a price", found: loose({ volumeType: "gp9" }), now },
    ],
    unknown: [{ name: "no creation time", found: exampleVolume({}, { state: "available", createdAt: null }), now }],
    notApplicable: [{ name: "being deleted", found: exampleVolume({}, { state: "deleting" }), now }],
  };
};

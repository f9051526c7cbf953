import type { About, Check, Examples } from "#checks/check";
import { instanceMonthlyUsd } from "#prices/ec2";
import { cents } from "#prices/prices";
import { exampleInstance } from "./examples.ts";
import { listMonthlyUsd } from "./shared.ts";

interface Params {
  /** Families that count as previous ones though AWS calls them current. */
  readonly extraFamilies: readonly string[];
  /** Family → the one that came after it for the same work. */
  readonly successor: Readonly<Record<string, string>>;
}

export const check: Check<"ec2.instances", Params> = {
  id: "ec2_previous_generation",
  severity: "low",
  category: "cost",
  domain: "cost",
  effort: "medium",
  confidence: 0.85,
  drift: false,
  resources: ["ec2.instances"],
  decisive: ["instanceType"],
  params: {
    extraFamilies: ["t2", "m4", "c4", "r4"],
    successor: {
      t1: "t3",
      t2: "t3",
      m1: "m5",
      m3: "m5",
      m4: "m5",
      c3: "c5",
      c4: "c5",
      r3: "r5",
      r4: "r5",
      i2: "i3",
    },
  },
  judge({ state, attributes }, { params, place: { region } }) {
    const { instanceId, instanceType, typeFacts } = attributes;
    if (state !== "running" || instanceType === null) return null;
    const [family = "", size = ""] = instanceType.split(".");
    const isExtra = params.extraFamilies.includes(family);
    if (!isExtra && typeof typeFacts?.currentGeneration !== "boolean")
      return { status: "unknown", reason: "ec2:DescribeInstanceTypes does not say whether its type is a current one" };
    if (!isExtra && typeFacts?.currentGeneration) return { status: "pass" };
    const next = params.successor[family];
    const nextType = next === undefined ? null : `${next}.${size}`;
    const [now, then] = [instanceType, nextType].map((type) => type && instanceMonthlyUsd(type, region));
    const saving = typeof now === "number" && typeof then === "number" ? cents(now - then) : null;
    // There is nothing to be gained.
    if (saving !== null && saving <= 0) return { status: "pass" };
    return {
      status: "fail",
      summary: `Instance ${instanceId} runs on ${instanceType}, which is of a previous generation.`,
      details: { instanceId, instanceType, successor: then ? nextType : null },
      evidence: [
        { call: "ec2:DescribeInstances", field: "Reservations[].Instances[].InstanceType", value: instanceType },
        {
          call: "ec2:DescribeInstanceTypes",
          field: "InstanceTypes[].CurrentGeneration",
          value: typeFacts?.currentGeneration ?? null,
        },
      ],
      savingsMonthly: listMonthlyUsd(attributes, region) === null ? null : saving,
    };
  },
};

export const about: About = {
  title: "Instance is of a family that newer ones have replaced",
  rationale:
    "The families that followed do the same work faster and mostly for less. AWS makes no more of the old hardware, so one day there may be none to start on.",
  remediation:
    "Make sure the system has drivers for ENA and NVMe, then stop the instance, change its type to the same size of the newer family and start it again.",
  controls: {},
};

export const examples = (): Examples<"ec2.instances", Params> => {
  const place = { region: "us-east-1" };
  const facts = { currentGeneration: false, vCpus: 2, memoryMib: 7680, burstable: false };
  const old = (instanceType: string, rest: Parameters<typeof exampleInstance>[0] = {}) =>
    exampleInstance({ instanceType, typeFacts: facts, ...rest });
  const current = { ...facts, currentGeneration: true };
  return {
    pass: [
      { name: "current", found: exampleInstance(), place },
      { name: "its successor is no cheaper", found: old("c3.large"), place, params: { successor: { c3: "m5zn" } } },
      {
        name: "current, and no family of ours",
        found: old("t2.medium", { typeFacts: current }),
        params: { extraFamilies: [] },
      },
    ],
    fail: [
      {
        name: "m3",
        found: old("m3.large"),
        place,
        expect: { savingsMonthly: 27.01, details: { instanceType: "m3.large", successor: "m5.large" } },
      },
      { name: "r3", found: old("r3.large"), place, expect: { savingsMonthly: 29.2 } },
      {
        name: "current to AWS, but not to us",
        found: old("t2.medium", { typeFacts: current }),
        place,
        expect: { savingsMonthly: 3.5, details: { successor: "t3.medium" } },
      },
      {
        name: "one of ours, its facts not read",
        found: old("m4.large", { typeFacts: undefined }),
        place,
        expect: { savingsMonthly: 2.92 },
      },
      { name: "no successor of its size", found: old("m1.small"), place, expect: { details: { successor: null } } },
      { name: "no successor", found: old("c1.medium"), place, expect: { details: { successor: null } } },
      { name: "spot, whose price is another", found: old("m3.large", { lifecycle: "spot" }), place },
    ],
    unknown: [
      { name: "its facts could not be read", found: old("m6i.large", { typeFacts: undefined }) },
      { name: "AWS does not know the type", found: old("zz9.large", { typeFacts: null }) },
      { name: "AWS does not say", found: old("m6i.large", { typeFacts: { ...facts, currentGeneration: null } }) },
    ],
    notApplicable: [
      { name: "stopped", found: exampleInstance({ instanceType: "m3.large", typeFacts: facts }, { state: "stopped" }) },
      { name: "no type", found: exampleInstance({ instanceType: null }) },
    ],
  };
};

import type { About, Check, Examples } from "#checks/check";
import { oncePerList } from "#checks/once";
import { exampleManagedInstance } from "#checks/ssm/examples";
import type { FoundBy } from "#collectors/registry";
import { exampleInstance } from "./examples.ts";
import { hasTag } from "./shared.ts";

interface Params {
  /** An agent needs its time to report. */
  readonly graceHours: number;
  /** Keys of tags of instances that others look after. */
  readonly skipTagKeys: readonly string[];
}

export const check: Check<"ec2.instances", Params, "ssm.managedInstances"> = {
  id: "ec2_not_ssm_managed",
  severity: "medium",
  category: "operations",
  domain: "patching",
  effort: "medium",
  confidence: 0.9,
  drift: false,
  resources: ["ec2.instances"],
  reads: ["ssm.managedInstances"],
  condense: {
    "ec2.instances": ({ state, attributes: { instanceId, launchedAt } }) =>
      state === "running" ? { instanceId, launchedAt } : null,
    "ssm.managedInstances": ({ attributes: { instanceId }, observed }) => ({
      instanceId,
      pingStatus: observed?.pingStatus ?? null,
    }),
  },
  decisive: ["pingStatus"],
  params: { graceHours: 2, skipTagKeys: ["eks:cluster-name", "AmazonECSManaged"] },
  judge({ state, tags, attributes: { instanceId, launchedAt } }, { now, others, params }) {
    if (state !== "running" || hasTag(tags, params.skipTagKeys)) return null;
    const agents = agentsById(others("ssm.managedInstances"));
    const pingStatus = agents.get(instanceId) ?? null;
    if (pingStatus === "Online") return { status: "pass" };
    if (launchedAt === null) return { status: "unknown", reason: "ec2:DescribeInstances gave no launch time" };
    if (now.getTime() - Date.parse(launchedAt) <= params.graceHours * 3_600_000) return null;
    const isRegistered = agents.has(instanceId);
    return {
      status: "fail",
      summary: isRegistered
        ? `Systems Manager has lost its connection to instance ${instanceId}.`
        : `Instance ${instanceId} is not registered with Systems Manager.`,
      details: { instanceId, isRegistered, pingStatus },
      evidence: [
        {
          call: "ssm:DescribeInstanceInformation",
          field: "InstanceInformationList[].InstanceId",
          value: isRegistered ? instanceId : null,
        },
        { call: "ssm:DescribeInstanceInformation", field: "InstanceInformationList[].PingStatus", value: pingStatus },
      ],
    };
  },
};

const agentsById = oncePerList(
  (agents: readonly FoundBy<"ssm.managedInstances">[]): ReadonlyMap<string, string | null> =>
    new Map(agents.map(({ attributes, observed }) => [attributes.instanceId, observed?.pingStatus ?? null])),
);

export const about: About = {
  title: "Systems Manager does not see a running instance",
  rationale:
    "What is installed on it is known to nobody, patches do not reach it, and to log on somebody has to open SSH or remote desktop.",
  remediation:
    "Give its role AmazonSSMManagedInstanceCore, see that the agent is installed and runs, and that the subnet has a way to Systems Manager: out to the internet, or its VPC endpoints.",
  controls: {
    aws_fsbp: ["SSM.1"],
    nist_800_53_r5: [
      "cm_2_2",
      "cm_2_a",
      "cm_2_b",
      "cm_2_b_1",
      "cm_2_b_2",
      "cm_2_b_3",
      "cm_3_3",
      "cm_6",
      "cm_8_1",
      "cm_8_2",
      "cm_8_3_a",
      "cm_8_6",
      "cm_8_a",
      "cm_8_a_1",
      "cm_8_a_2",
      "cm_8_a_3",
      "cm_8_a_4",
      "cm_8_a_5",
      "cm_8_b",
      "si_3_c_2",
    ],
    soc2: ["cc_3_2", "cc_7_1"],
    iso_27001_2022: ["A.5.26"],
    hipaa: ["164_308_a_5_ii_b"],
  },
};

export const examples = (): Examples<"ec2.instances", Params> => {
  // Launched at ten.
  const found = exampleInstance();
  const now = new Date("2026-01-05T12:00:00.001Z");
  const ping = (pingStatus: string | null) => ({
    "ssm.managedInstances": [exampleManagedInstance({}, { pingStatus })],
  });
  return {
    pass: [{ name: "online", found, now, others: ping("Online") }],
    fail: [
      {
        name: "not registered",
        found,
        now,
        others: { "ssm.managedInstances": [exampleManagedInstance({ instanceId: "i-0b" })] },
        expect: { severity: "medium", details: { isRegistered: false, pingStatus: null } },
      },
      {
        name: "no longer heard of",
        found,
        now,
        others: ping("ConnectionLost"),
        expect: { details: { isRegistered: true, pingStatus: "ConnectionLost" } },
      },
      { name: "AWS does not say", found, now, others: ping(null) },
      { name: "a shorter grace", found, now: new Date("2026-01-05T11:00:00.001Z"), params: { graceHours: 1 } },
    ],
    unknown: [{ name: "no launch time", found: exampleInstance({ launchedAt: null }), now }],
    notApplicable: [
      { name: "within the grace to the second", found, now: new Date("2026-01-05T12:00:00.000Z") },
      { name: "a node of EKS", found: exampleInstance({}, { tags: { "eks:cluster-name": "shop" } }), now },
      { name: "stopped", found: exampleInstance({}, { state: "stopped" }), now },
    ],
  };
};

import type { About, Check, Examples } from "#checks/check";
import { anywhereIn } from "#checks/ingress";
import { cents, publicIpv4MonthlyUsd } from "#prices/prices";
import { exampleGroup, exampleInstance, exampleRule } from "./examples.ts";
import { groupsById, hasTag } from "./shared.ts";

interface Params {
  /** Keys of tags that say the address is meant, in any case. */
  readonly allowTags: readonly string[];
}

export const check: Check<"ec2.instances", Params, "ec2.securityGroups"> = {
  id: "ec2_instance_public_ip",
  severity: "medium",
  category: "security",
  domain: "network_exposure",
  effort: "high",
  confidence: 0.9,
  drift: false,
  resources: ["ec2.instances"],
  reads: ["ec2.securityGroups"],
  condense: {
    "ec2.instances": ({ state, attributes: { instanceId, publicIps, securityGroupIds } }) =>
      state === "running" ? { instanceId, publicIps, securityGroupIds } : null,
    "ec2.securityGroups": ({ attributes: { groupId, ingress } }) => ({ groupId, ingress }),
  },
  decisive: [],
  params: { allowTags: ["public-ok", "bastion"] },
  judge({ state, tags, attributes: { instanceId, publicIps, securityGroupIds } }, { others, params }) {
    if (state !== "running") return null;
    if (publicIps.length === 0 || hasTag(tags, params.allowTags)) return { status: "pass" };
    const groups = groupsById(others("ec2.securityGroups"));
    const openGroupIds = securityGroupIds.filter((id) => groups.get(id)?.some((rule) => anywhereIn(rule).length > 0));
    const isOpen = openGroupIds.length > 0;
    return {
      status: "fail",
      // A group that is not shown may be open.
      severity: isOpen || !securityGroupIds.every((id) => groups.has(id)) ? "medium" : "low",
      exposure: isOpen ? "internet" : "internal",
      summary: `Instance ${instanceId} has the public address ${publicIps.join(", ")}.`,
      details: { instanceId, publicIps, openGroupIds },
      evidence: [
        {
          call: "ec2:DescribeInstances",
          field: "Reservations[].Instances[].NetworkInterfaces[].Association.PublicIp",
          value: publicIps,
        },
        { call: "ec2:DescribeSecurityGroups", field: "SecurityGroups[].GroupId", value: openGroupIds },
      ],
      savingsMonthly: cents(publicIps.length * publicIpv4MonthlyUsd),
    };
  },
};

export const about: About = {
  title: "A running instance owns a public IPv4 address",
  rationale:
    "Only its security groups stand between it and everybody: the next careless rule opens it to the world. AWS charges for the address by the hour as well.",
  remediation:
    "Move it to a private subnet and offer what it serves through a load balancer or CloudFront; administer it by Session Manager. Tag the few that have to be public.",
  controls: {
    aws_fsbp: ["EC2.9"],
    nist_800_53_r5: [
      "ac_2_6",
      "ac_3",
      "ac_3_7",
      "ac_4_21",
      "ac_6",
      "ac_17_1",
      "ac_17_4_a",
      "ac_17_9",
      "ac_17_10",
      "ac_17_b",
      "mp_2",
      "sc_7_2",
      "sc_7_3",
      "sc_7_7",
      "sc_7_9_a",
      "sc_7_11",
      "sc_7_12",
      "sc_7_16",
      "sc_7_20",
      "sc_7_21",
      "sc_7_24_b",
      "sc_7_25",
      "sc_7_26",
      "sc_7_27",
      "sc_7_28",
      "sc_7_a",
      "sc_7_b",
      "sc_7_c",
      "sc_25",
    ],
    soc2: ["cc_6_6"],
    iso_27001_2022: ["A.8.1", "A.8.20", "A.8.21", "A.8.22"],
    hipaa: ["164_308_a_1_ii_b", "164_308_a_3_i", "164_312_a_1"],
  },
};

export const examples = (): Examples<"ec2.instances", Params> => {
  const publicIps = ["203.0.113.9"];
  const found = exampleInstance({ publicIps });
  const others = { "ec2.securityGroups": [exampleGroup([exampleRule()])] };
  const closed = { "ec2.securityGroups": [exampleGroup([exampleRule({ cidrs: ["10.0.0.0/8"] })])] };
  const tagged = (key: string) => exampleInstance({ publicIps }, { tags: { [key]: "" } });
  return {
    pass: [
      { name: "none", found: exampleInstance(), others },
      { name: "tagged, in capitals", found: tagged("Bastion"), others },
      { name: "another tag allowed", found: tagged("dmz"), others, params: { allowTags: ["dmz"] } },
    ],
    fail: [
      {
        name: "with a rule for everybody",
        found,
        others,
        expect: {
          severity: "medium",
          exposure: "internet",
          savingsMonthly: 3.65,
          details: { openGroupIds: ["sg-0a"] },
        },
      },
      { name: "closed", found, others: closed, expect: { severity: "low", exposure: "internal" } },
      { name: "its group is not shown", found, expect: { severity: "medium", exposure: "internal" } },
      {
        name: "two addresses",
        found: exampleInstance({ publicIps: ["203.0.113.9", "203.0.113.10"] }),
        others,
        expect: { savingsMonthly: 7.3 },
      },
      { name: "another tag", found: tagged("public"), others },
    ],
    notApplicable: [{ name: "stopped", found: exampleInstance({ publicIps }, { state: "stopped" }), others }],
  };
};

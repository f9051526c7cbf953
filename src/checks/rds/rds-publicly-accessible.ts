import type { About, Check, Examples } from "#checks/check";
import { exampleGroup, exampleRule } from "#checks/ec2/examples";
import { letsAnyoneIn, openGroupIds, type Ingress } from "#checks/ingress";
import { exampleInstance } from "./examples.ts";
import { exposureOf, isRdsEngine } from "./shared.ts";

export const check: Check<"rds.dbInstances", object, "ec2.securityGroups"> = {
  id: "rds_publicly_accessible",
  severity: "critical",
  category: "security",
  domain: "network_exposure",
  effort: "medium",
  confidence: 1,
  drift: true,
  resources: ["rds.dbInstances"],
  reads: ["ec2.securityGroups"],
  condense: {
    "rds.dbInstances": ({
      attributes: { identifier, engine, publiclyAccessible, endpointPort, vpcSecurityGroupIds },
    }) => ({ identifier, engine, publiclyAccessible, endpointPort, vpcSecurityGroupIds }),
    "ec2.securityGroups": ({ attributes: { groupId, ingress } }) =>
      letsAnyoneIn(ingress) ? { groupId, ingress } : null,
  },
  decisive: ["port", "openSecurityGroupIds"],
  params: {},
  judge({ state, attributes: instance }, context) {
    if (!isRdsEngine(instance.engine)) return null;
    if (instance.publiclyAccessible === null) {
      return { status: "unknown", reason: "rds:DescribeDBInstances did not say whether it is publicly accessible" };
    }
    if (!instance.publiclyAccessible) return { status: "pass" };
    const { identifier, endpointPort: port, vpcSecurityGroupIds } = instance;
    const open = openGroupIds(context.others("ec2.securityGroups"), vpcSecurityGroupIds, port);
    return {
      status: "fail",
      severity: open.length > 0 ? "critical" : "high",
      exposure: open.length > 0 && state !== "stopped" ? "internet" : exposureOf(state),
      summary: summaryOf(identifier, port, open),
      details: { port, openSecurityGroupIds: open },
      evidence: [
        { call: "rds:DescribeDBInstances", field: "PubliclyAccessible", value: true },
        { call: "ec2:DescribeSecurityGroups", field: "IpPermissions", value: open },
      ],
    };
  },
};

const summaryOf = (identifier: string, port: number | null, openGroupIds: readonly string[]): string =>
  openGroupIds.length > 0
    ? `Database ${identifier} has a public address, and everyone on the internet is let through to its port ${port} by ${openGroupIds.join(", ")}.`
    : `Database ${identifier} has a public address; none of its security groups is seen to let everyone on the internet through to its port.`;

export const about: About = {
  title: "The database has a public address",
  rationale:
    "Its name resolves to an address on the internet: security groups are all that keeps strangers from the login, and one rule too wide lets them try.",
  remediation:
    "Set PubliclyAccessible to false and reach the database from inside the VPC, over VPN, peering or Session Manager. Close the security group to the internet at once.",
  controls: {
    "cis_aws_3.0": ["2.3.3"],
    "cis_aws_5.0": ["2.2.3"],
    aws_fsbp: ["RDS.2"],
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
    "pci_dss_4.0": ["1.2.8", "1.3.1", "1.3.2", "1.4.2", "1.5.1", "3.5.1.3", "10.3.2", "A1.1.2", "A1.1.3", "A3.4.1"],
    soc2: ["cc_6_2"],
    iso_27001_2022: ["A.8.1"],
    hipaa: ["164_308_a_3_i", "164_312_a_1"],
    "cis_aws_4.0": ["2.2.3"],
    "cis_aws_6.0": ["3.2.3"],
    "cis_aws_7.0": ["3.2.3"],
  },
};

export const examples = (): Examples<"rds.dbInstances"> => {
  const opened = (rule: Partial<Ingress>, groupId = "sg-0a1") => ({
    "ec2.securityGroups": [exampleGroup([exampleRule({ fromPort: 5432, toPort: 5432, ...rule })], { groupId })],
  });
  const exposed = exampleInstance({ publiclyAccessible: true });
  const critical = {
    severity: "critical",
    exposure: "internet",
    details: { port: 5432, openSecurityGroupIds: ["sg-0a1"] },
  } as const;
  const high = { severity: "high", exposure: "internal", details: { openSecurityGroupIds: [] } } as const;
  return {
    pass: [{ name: "private, even though its group is open", found: exampleInstance(), others: opened({}) }],
    fail: [
      { name: "open on its port", found: exposed, others: opened({}), expect: critical },
      { name: "open over IPv6", found: exposed, others: opened({ cidrs: [], ipv6Cidrs: ["::/0"] }), expect: critical },
      {
        name: "open on every protocol",
        found: exposed,
        others: opened({ protocol: "-1", fromPort: null, toPort: null }),
        expect: critical,
      },
      {
        name: "its port is the last of the range",
        found: exposed,
        others: opened({ fromPort: 5000 }),
        expect: critical,
      },
      {
        name: "its port is the first of the range",
        found: exposed,
        others: opened({ toPort: 6000 }),
        expect: critical,
      },
      { name: "the range ends below", found: exposed, others: opened({ fromPort: 5000, toPort: 5431 }), expect: high },
      {
        name: "the range starts above",
        found: exposed,
        others: opened({ fromPort: 5433, toPort: 6000 }),
        expect: high,
      },
      { name: "open for UDP", found: exposed, others: opened({ protocol: "udp" }), expect: high },
      { name: "open to one office", found: exposed, others: opened({ cidrs: ["203.0.113.0/24"] }), expect: high },
      { name: "open in a group it does not use", found: exposed, others: opened({}, "sg-0ff"), expect: high },
      {
        name: "open on its port, stopped",
        found: exampleInstance({ publiclyAccessible: true }, {}, { state: "stopped" }),
        others: opened({}),
        expect: { severity: "critical", exposure: "idle" },
      },
      {
        name: "its port is not known yet",
        found: exampleInstance({ publiclyAccessible: true, endpointPort: null }),
        others: opened({}),
        expect: high,
      },
    ],
    unknown: [{ name: "AWS does not say", found: exampleInstance({ publiclyAccessible: null }), others: opened({}) }],
    notApplicable: [
      {
        name: "a Neptune instance",
        found: exampleInstance({ engine: "neptune", publiclyAccessible: true }),
        others: opened({}),
      },
    ],
  };
};

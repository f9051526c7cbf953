import type { About, Check, Examples } from "#checks/check";
import { exampleGroup, exampleRule } from "#checks/ec2/examples";
import { letsAnyoneIn, openGroupIds } from "#checks/ingress";
import { exampleCluster } from "./examples.ts";

export const check: Check<"redshift.clusters", object, "ec2.securityGroups"> = {
  id: "redshift_public",
  severity: "critical",
  category: "security",
  domain: "network_exposure",
  effort: "medium",
  confidence: 1,
  drift: true,
  resources: ["redshift.clusters"],
  reads: ["ec2.securityGroups"],
  condense: {
    "redshift.clusters": ({ attributes: { publiclyAccessible, endpointPort, vpcSecurityGroupIds } }) => ({
      publiclyAccessible,
      endpointPort,
      vpcSecurityGroupIds,
    }),
    "ec2.securityGroups": ({ attributes: { groupId, ingress } }) =>
      letsAnyoneIn(ingress) ? { groupId, ingress } : null,
  },
  decisive: ["port", "openSecurityGroupIds"],
  params: {},
  judge({ name, nativeId, state, attributes }, context) {
    const { publiclyAccessible, endpointPort: port, vpcSecurityGroupIds } = attributes;
    if (publiclyAccessible === null) {
      return { status: "unknown", reason: "redshift:DescribeClusters did not say whether it is publicly accessible" };
    }
    if (!publiclyAccessible) return { status: "pass" };
    const open = openGroupIds(context.others("ec2.securityGroups"), vpcSecurityGroupIds, port);
    const warehouse = `Warehouse ${name ?? nativeId} has a public address`;
    return {
      status: "fail",
      severity: open.length > 0 ? "critical" : "high",
      exposure: state === "paused" ? "idle" : open.length > 0 ? "internet" : "internal",
      summary:
        open.length > 0
          ? `${warehouse}, and ${open.join(", ")} lets the whole internet reach its port ${port}.`
          : `${warehouse}; its port is not seen to be open to the whole internet.`,
      details: { port, openSecurityGroupIds: open },
      evidence: [
        { call: "redshift:DescribeClusters", field: "PubliclyAccessible", value: true },
        { call: "ec2:DescribeSecurityGroups", field: "IpPermissions", value: open },
      ],
    };
  },
};

export const about: About = {
  title: "The warehouse has a public address",
  rationale:
    "Anybody can find its address, so security groups and passwords are all that is left between strangers and everything stored in it.",
  remediation:
    "Turn public accessibility off. People reach the cluster over VPN or the query editor, other VPCs by a Redshift-managed endpoint.",
  controls: {
    aws_fsbp: ["Redshift.1"],
    hipaa: ["164_308_a_1_ii_b", "164_308_a_3_i", "164_312_a_1"],
    iso_27001_2022: ["A.8.1"],
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
  },
};

export const examples = (): Examples<"redshift.clusters"> => {
  const opened = (fromPort: number, toPort: number, cidrs = ["0.0.0.0/0"]) => ({
    "ec2.securityGroups": [exampleGroup([exampleRule({ fromPort, toPort, cidrs })], { groupId: "sg-0a1" })],
  });
  const exposed = exampleCluster({ publiclyAccessible: true });
  return {
    pass: [{ name: "private, even though its group is open", found: exampleCluster(), others: opened(5439, 5439) }],
    fail: [
      {
        name: "open on its port",
        found: exposed,
        others: opened(5439, 5439),
        expect: {
          severity: "critical",
          exposure: "internet",
          details: { port: 5439, openSecurityGroupIds: ["sg-0a1"] },
        },
      },
      {
        name: "open on the port above",
        found: exposed,
        others: opened(5440, 5440),
        expect: { severity: "high", exposure: "internal", details: { openSecurityGroupIds: [] } },
      },
      {
        name: "open to one office",
        found: exposed,
        others: opened(5439, 5439, ["203.0.113.0/24"]),
        expect: { severity: "high" },
      },
      {
        name: "paused",
        found: exampleCluster({ publiclyAccessible: true }, "paused"),
        others: opened(5439, 5439),
        expect: { severity: "critical", exposure: "idle" },
      },
      {
        name: "its port is not known yet",
        found: exampleCluster({ publiclyAccessible: true, endpointPort: null }),
        others: opened(5439, 5439),
        expect: { severity: "high" },
      },
    ],
    unknown: [{ name: "AWS does not say", found: exampleCluster({ publiclyAccessible: null }) }],
  };
};

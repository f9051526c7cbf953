import type { About, Check, Examples } from "#checks/check";
import { oncePerList } from "#checks/once";
import type { FoundBy } from "#collectors/registry";
import { exampleFlowLog, exampleInterface, exampleVpc } from "./examples.ts";
import { placesInUse } from "./shared.ts";

interface Params {
  /** A flow log of any of these kinds of traffic is enough. */
  readonly trafficTypes: readonly string[];
}

export const check: Check<"ec2.vpcs", Params, "ec2.flowLogs" | "ec2.networkInterfaces"> = {
  id: "vpc_flow_logs_off",
  severity: "medium",
  category: "security",
  domain: "logging_detection",
  effort: "low",
  confidence: 1.0,
  drift: true,
  resources: ["ec2.vpcs"],
  reads: ["ec2.flowLogs", "ec2.networkInterfaces"],
  condense: {
    "ec2.vpcs": ({ attributes: { vpcId, ownerId, isDefault } }) => ({ vpcId, ownerId, isDefault }),
    "ec2.flowLogs": ({ attributes: { flowLogId, resourceId, trafficType, deliverLogsStatus } }) =>
      resourceId?.startsWith("vpc-") ? { flowLogId, resourceId, trafficType, deliverLogsStatus } : null,
    "ec2.networkInterfaces": ({ attributes: { vpcId, subnetId } }) => ({ vpcId, subnetId }),
  },
  decisive: ["flowLogIds"],
  params: { trafficTypes: ["ALL", "REJECT"] },
  judge({ attributes: { vpcId, ownerId, isDefault } }, { others, params, place }) {
    // A VPC another account shares with this one is that account's to log.
    if (ownerId !== null && ownerId !== place.awsAccountId) return null;
    const logs = logsByVpc(others("ec2.flowLogs")).get(vpcId) ?? [];
    const isGood = ({ state, attributes }: FoundBy<"ec2.flowLogs">): boolean =>
      state === "ACTIVE" &&
      attributes.deliverLogsStatus !== "FAILED" &&
      params.trafficTypes.includes(attributes.trafficType ?? "");
    if (logs.some(isGood)) return { status: "pass" };
    const isUsed = placesInUse(others("ec2.networkInterfaces")).has(vpcId);
    return {
      status: "fail",
      severity: isDefault && !isUsed ? "low" : "medium",
      exposure: isUsed ? "internal" : "idle",
      summary: `No working flow log records the traffic of VPC ${vpcId}.`,
      details: { vpcId, isDefault, flowLogIds: logs.map(({ attributes }) => attributes.flowLogId).toSorted() },
      evidence:
        logs.length > 0
          ? logs.map(({ state, attributes: { flowLogId, trafficType, deliverLogsStatus } }) => ({
              call: "ec2:DescribeFlowLogs",
              field: "FlowLogs[]",
              value: { flowLogId, flowLogStatus: state, trafficType, deliverLogsStatus },
            }))
          : [{ call: "ec2:DescribeFlowLogs", field: "FlowLogs[].ResourceId", value: null }],
    };
  },
};

const logsByVpc = oncePerList((logs: readonly FoundBy<"ec2.flowLogs">[]) =>
  Map.groupBy(logs, ({ attributes }) => attributes.resourceId),
);

export const about: About = {
  title: "No flow log records the traffic of a VPC",
  rationale:
    "When something was broken into, nobody can tell afterwards which machines it talked to, or how much it sent away. What was turned away, which shows who is trying, is lost as well.",
  remediation:
    "Make a flow log of the VPC for all traffic or at least for what is rejected; into S3 is the cheapest. Where one is there and fails, mend the permissions of its role or bucket.",
  controls: {
    "cis_aws_3.0": ["3.7"],
    "cis_aws_5.0": ["3.7"],
    aws_fsbp: ["EC2.6"],
    nist_800_53_r5: [
      "ac_4_26",
      "au_2_b",
      "au_3_a",
      "au_3_b",
      "au_3_c",
      "au_3_d",
      "au_3_e",
      "au_6_3",
      "au_6_4",
      "au_6_6",
      "au_6_9",
      "au_8_b",
      "au_12_1",
      "au_12_2",
      "au_12_3",
      "au_12_4",
      "au_12_a",
      "au_12_c",
      "au_14_3",
      "au_14_a",
      "au_14_b",
      "ca_7_b",
      "cm_5_1_b",
      "cm_6_a",
      "cm_9_b",
      "ia_3_3_b",
      "ma_4_1_a",
      "pm_14_a_1",
      "pm_14_b",
      "pm_31",
      "si_4_17",
      "si_7_8",
    ],
    "pci_dss_4.0": [
      "5.3.4",
      "10.2.1",
      "10.2.1.1",
      "10.2.1.2",
      "10.2.1.3",
      "10.2.1.4",
      "10.2.1.5",
      "10.2.1.6",
      "10.2.1.7",
      "10.2.2",
      "10.3.1",
      "10.6.3",
      "A1.2.1",
    ],
    soc2: ["cc_7_2", "cc_7_3"],
    iso_27001_2022: ["A.8.15", "A.8.16", "A.8.20", "A.8.21", "A.8.22", "A.8.23"],
    hipaa: ["164_308_a_1_ii_d", "164_308_a_3_ii_a", "164_308_a_6_ii", "164_312_b", "164_312_c_2"],
    gdpr: ["article_25", "article_30"],
    "cis_aws_6.0": ["4.7"],
    "cis_aws_7.0": ["4.7"],
  },
};

export const examples = (): Examples<"ec2.vpcs", Params> => {
  const used = { "ec2.networkInterfaces": [exampleInterface()] };
  const logged = (...logs: readonly FoundBy<"ec2.flowLogs">[]) => ({ ...used, "ec2.flowLogs": logs });
  return {
    pass: [
      { name: "all traffic", found: exampleVpc(), others: logged(exampleFlowLog()) },
      {
        name: "rejected traffic, nothing delivered yet",
        found: exampleVpc(),
        others: logged(exampleFlowLog({ trafficType: "REJECT", deliverLogsStatus: null })),
      },
      {
        name: "one fails, another does not",
        found: exampleVpc(),
        others: logged(exampleFlowLog({ deliverLogsStatus: "FAILED" }), exampleFlowLog()),
      },
    ],
    fail: [
      {
        name: "none",
        found: exampleVpc(),
        others: used,
        expect: { severity: "medium", exposure: "internal", details: { flowLogIds: [] } },
      },
      {
        name: "accepted traffic only",
        found: exampleVpc(),
        others: logged(exampleFlowLog({ trafficType: "ACCEPT" })),
        expect: { details: { flowLogIds: ["fl-0a"] } },
      },
      {
        name: "it cannot deliver",
        found: exampleVpc(),
        others: logged(exampleFlowLog({ deliverLogsStatus: "FAILED" })),
      },
      { name: "not active", found: exampleVpc(), others: logged(exampleFlowLog({}, "INACTIVE")) },
      { name: "of another VPC", found: exampleVpc(), others: logged(exampleFlowLog({ resourceId: "vpc-0b" })) },
      { name: "of a subnet only", found: exampleVpc(), others: logged(exampleFlowLog({ resourceId: "subnet-0a" })) },
      {
        name: "all of it asked for",
        found: exampleVpc(),
        others: logged(exampleFlowLog({ trafficType: "REJECT" })),
        params: { trafficTypes: ["ALL"] },
      },
      {
        name: "a default VPC in use",
        found: exampleVpc({ isDefault: true }),
        others: used,
        expect: { severity: "medium" },
      },
      {
        name: "a default VPC nobody uses",
        found: exampleVpc({ isDefault: true }),
        expect: { severity: "low", exposure: "idle" },
      },
      {
        name: "a VPC nobody uses",
        found: exampleVpc({ ownerId: null }),
        expect: { severity: "medium", exposure: "idle" },
      },
    ],
    notApplicable: [
      { name: "shared by another account", found: exampleVpc({ ownerId: "999988887777" }), others: used },
    ],
  };
};

import type { About, Check, Examples } from "#checks/check";
import type { FoundBy } from "#collectors/registry";
import { exampleAcl } from "./examples.ts";

interface Params {
  readonly ports: readonly number[];
}
type Entry = FoundBy<"ec2.networkAcls">["attributes"]["entries"][number];

export const check: Check<"ec2.networkAcls", Params> = {
  id: "nacl_open_admin_ports",
  severity: "medium",
  category: "security",
  domain: "network_exposure",
  effort: "medium",
  confidence: 0.95,
  drift: true,
  resources: ["ec2.networkAcls"],
  decisive: ["ports", "sources"],
  params: { ports: [22, 3389] },
  judge({ attributes: { networkAclId, vpcId, isDefault, subnetIds, entries } }, { params }) {
    const open = params.ports.flatMap((port) =>
      anywhere.flatMap((source) => {
        const first = entries.find((entry) => !entry.egress && entry.cidr === source && isAbout(entry, port));
        return first?.action === "allow" ? [{ port, source, entry: first }] : [];
      }),
    );
    if (open.length === 0) return { status: "pass" };
    const ports = [...new Set(open.map(({ port }) => port))].toSorted((a, b) => a - b);
    const sources = [...new Set(open.map(({ source }) => source))];
    const deciding = [...new Set(open.map(({ entry }) => entry))];
    return {
      status: "fail",
      severity: isDefault ? "low" : "medium",
      exposure: subnetIds.length > 0 ? "internal" : "idle",
      variants: [
        ...(deciding.some(isEveryPort) ? ["anyPort"] : []),
        ...(ports.includes(22) ? ["ssh"] : []),
        ...(ports.includes(3389) ? ["rdp"] : []),
      ],
      summary: `Network ACL ${networkAclId} admits ${sources.join(" and ")} to ${ports.join(", ")}.`,
      details: { networkAclId, vpcId, isDefault, ports, sources, subnetIds },
      evidence: deciding.map((entry) => ({
        call: "ec2:DescribeNetworkAcls",
        field: "NetworkAcls[].Entries[]",
        value: { ...entry },
      })),
    };
  },
};

const anywhere = ["0.0.0.0/0", "::/0"];

/** TCP, or every protocol. */
const isAbout = ({ protocol, fromPort, toPort }: Entry, port: number): boolean =>
  protocol === "-1" || (protocol === "6" && (fromPort ?? 0) <= port && port <= (toPort ?? 65_535));

const isEveryPort = ({ protocol, fromPort, toPort }: Entry): boolean =>
  protocol === "-1" || ((fromPort ?? 0) <= 1 && (toPort ?? 65_535) === 65_535);

export const about: About = {
  title: "Network ACL lets everybody through to ports of administration",
  rationale:
    "The ACL is what still holds when somebody opens a security group too far. As it is, such a mistake is enough to let anybody try passwords on SSH or remote desktop.",
  remediation:
    "Put entries that deny these ports before the one that allows them, or have that one name the ranges it is meant for. Answers to outgoing connections need ports 1024 to 65535 open.",
  controls: {
    "cis_aws_3.0": ["5.1"],
    "cis_aws_5.0": ["5.2"],
    "cis_aws_6.0": ["6.2"],
    "cis_aws_7.0": ["6.2"],
    iso_27001_2022: ["A.8.20", "A.8.21", "A.8.22"],
    soc2: ["cc_6_6"],
  },
  variants: {
    anyPort: {
      hipaa: ["164_308_a_1_ii_b", "164_312_e_1"],
      nist_800_53_r5: [
        "ac_4_21",
        "ac_17_1",
        "ac_17_4_a",
        "ac_17_9",
        "ac_17_10",
        "ac_17_b",
        "cm_2_2",
        "cm_2_a",
        "cm_6_a",
        "cm_7_b",
        "cm_8_6",
        "cm_9_b",
        "sc_7_5",
        "sc_7_7",
        "sc_7_11",
        "sc_7_12",
        "sc_7_16",
        "sc_7_21",
        "sc_7_24_b",
        "sc_7_25",
        "sc_7_26",
        "sc_7_27",
        "sc_7_28",
        "sc_7_a",
        "sc_7_c",
      ],
    },
    ssh: { aws_fsbp: ["EC2.21"] },
    rdp: { aws_fsbp: ["EC2.21"], "pci_dss_4.0": ["1.2.8", "1.3.1", "1.3.2", "1.4.2", "1.5.1", "A1.1.3"] },
  },
};

export const examples = (): Examples<"ec2.networkAcls", Params> => {
  const tcp = (fromPort: number, toPort = fromPort) => ({ protocol: "6", fromPort, toPort });
  return {
    pass: [
      { name: "nothing comes in", found: exampleAcl([]) },
      { name: "HTTPS", found: exampleAcl([tcp(443)]) },
      { name: "SSH from inside", found: exampleAcl([{ ...tcp(22), cidr: "10.0.0.0/8" }]) },
      { name: "SSH going out", found: exampleAcl([{ ...tcp(22), egress: true }]) },
      { name: "SSH's number over UDP", found: exampleAcl([{ ...tcp(22), protocol: "17" }]) },
      {
        name: "denied before everything is allowed",
        found: exampleAcl([{ ...tcp(22), action: "deny" }, { ...tcp(3389), action: "deny" }, {}]),
      },
      { name: "between the two", found: exampleAcl([tcp(23, 3388)]) },
      { name: "other ports of one's own", found: exampleAcl([tcp(22)]), params: { ports: [5985] } },
    ],
    fail: [
      {
        name: "SSH",
        found: exampleAcl([tcp(22)]),
        expect: {
          severity: "medium",
          exposure: "internal",
          variants: ["ssh"],
          details: { ports: [22], sources: ["0.0.0.0/0"] },
        },
      },
      {
        name: "remote desktop over IPv6",
        found: exampleAcl([{ ...tcp(3000, 4000), cidr: "::/0" }]),
        expect: { variants: ["rdp"], details: { sources: ["::/0"] } },
      },
      {
        name: "all TCP",
        found: exampleAcl([tcp(0, 65_535)]),
        expect: { variants: ["anyPort", "ssh", "rdp"], details: { ports: [22, 3389] } },
      },
      {
        name: "all but the last port",
        found: exampleAcl([tcp(0, 65_534)]),
        expect: { variants: ["ssh", "rdp"] },
      },
      {
        name: "denied only after it was allowed",
        found: exampleAcl([tcp(22), { ...tcp(22), action: "deny" }]),
      },
      {
        name: "denied over IPv4 only",
        found: exampleAcl([{ action: "deny" }, { cidr: "::/0" }]),
        expect: { variants: ["anyPort", "ssh", "rdp"], details: { sources: ["::/0"] } },
      },
      {
        name: "denied to some only",
        found: exampleAcl([{ action: "deny", cidr: "198.51.100.0/24" }, tcp(22)]),
      },
      { name: "a VPC's default one", found: exampleAcl([{}], { isDefault: true }), expect: { severity: "low" } },
      { name: "of no subnet", found: exampleAcl([{}], { subnetIds: [] }), expect: { exposure: "idle" } },
      { name: "another port", found: exampleAcl([tcp(5985)]), params: { ports: [5985] }, expect: { variants: [] } },
    ],
  };
};

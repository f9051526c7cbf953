import type { FoundBy } from "#collectors/registry";
import type { DbInstance } from "#collectors/rds/db-instances";
import type { Check, Examples } from "#checks/check";

type Ingress = FoundBy<"ec2.securityGroups">["attributes"]["ingress"][number];

/** The RDS API also lists Neptune and DocumentDB, whose instances are other services' to judge. */
export const isRdsEngine = (engine: string): boolean => engine !== "neptune" && engine !== "docdb";

export const check: Check<"rds.dbInstances", object, "ec2.securityGroups"> = {
  id: "rds_publicly_accessible",
  title: "The database has a public address",
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
    }) => (isRdsEngine(engine) ? { identifier, engine, publiclyAccessible, endpointPort, vpcSecurityGroupIds } : null),
    "ec2.securityGroups": ({ attributes: { groupId, ingress } }) => {
      const open = ingress.filter(admitsEveryone);
      return open.length > 0 ? { groupId, ingress: open } : null;
    },
  },
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
  params: {},
  judge({ attributes: instance }, context) {
    if (!isRdsEngine(instance.engine)) return null;
    if (instance.publiclyAccessible === null) {
      return { status: "unknown", reason: "rds:DescribeDBInstances did not say whether it is publicly accessible" };
    }
    if (!instance.publiclyAccessible) return { status: "pass" };
    const { identifier, endpointPort: port, vpcSecurityGroupIds } = instance;
    const open = context
      .others("ec2.securityGroups")
      .filter(({ attributes: group }) => vpcSecurityGroupIds.includes(group.groupId) && isOpen(group.ingress, port))
      .map(({ attributes: group }) => group.groupId)
      .toSorted();
    return {
      status: "fail",
      severity: open.length > 0 ? "critical" : "high",
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

const admitsEveryone = (rule: Ingress): boolean => rule.cidrs.includes("0.0.0.0/0") || rule.ipv6Cidrs.includes("::/0");

/** Is the port open to everyone? Database protocols all run over TCP. */
const isOpen = (ingress: readonly Ingress[], port: number | null): boolean =>
  port !== null &&
  ingress.some((rule) => {
    const coversPort = (rule.fromPort ?? 0) <= port && port <= (rule.toPort ?? 65_535);
    return admitsEveryone(rule) && (rule.protocol === "-1" || (rule.protocol === "tcp" && coversPort));
  });

/** A PostgreSQL instance on its own with all the good settings, but for what is given. */
export const exampleInstance = (
  attributes: Partial<DbInstance> = {},
  tags: Readonly<Record<string, string>> = {},
): FoundBy<"rds.dbInstances"> => ({
  nativeId: "arn:aws:rds:eu-west-1:111122223333:db:shop",
  arn: "arn:aws:rds:eu-west-1:111122223333:db:shop",
  name: "shop",
  state: "available",
  tags,
  createdAt: "2024-05-02T08:30:00.000Z",
  attributes: {
    identifier: "shop",
    engine: "postgres",
    engineVersion: "16.4",
    class: "db.m6g.large",
    clusterId: null,
    replicaSource: null,
    multiAz: true,
    publiclyAccessible: false,
    endpointHost: "shop.abcdefghijkl.eu-west-1.rds.amazonaws.com",
    endpointPort: 5432,
    vpcId: "vpc-0a1",
    subnetIds: ["subnet-0a1", "subnet-0b2"],
    vpcSecurityGroupIds: ["sg-0a1"],
    storageEncrypted: true,
    kmsKeyId: "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000001",
    storageType: "gp3",
    allocatedStorageGib: 100,
    backupRetentionDays: 14,
    deletionProtection: true,
    autoMinorVersionUpgrade: true,
    caCertificateIdentifier: "rds-ca-rsa2048-g1",
    caValidTill: "2027-03-01T00:00:00.000Z",
    ...attributes,
  },
});

export const examples = (): Examples<"rds.dbInstances"> => {
  const opened = (rule: Partial<Ingress>, groupId = "sg-0a1") => ({
    "ec2.securityGroups": [
      {
        nativeId: `arn:aws:ec2:eu-west-1:111122223333:security-group/${groupId}`,
        arn: `arn:aws:ec2:eu-west-1:111122223333:security-group/${groupId}`,
        name: groupId,
        state: null,
        tags: {},
        createdAt: null,
        attributes: {
          groupId,
          groupName: groupId,
          description: null,
          vpcId: "vpc-0a1",
          ingress: [
            {
              protocol: "tcp",
              fromPort: 5432,
              toPort: 5432,
              cidrs: ["0.0.0.0/0"],
              ipv6Cidrs: [],
              groups: [],
              prefixLists: [],
              ...rule,
            },
          ],
          egress: [],
        },
      },
    ],
  });
  const exposed = exampleInstance({ publiclyAccessible: true });
  const critical = { severity: "critical", details: { port: 5432, openSecurityGroupIds: ["sg-0a1"] } } as const;
  const high = { severity: "high", details: { openSecurityGroupIds: [] } } as const;
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

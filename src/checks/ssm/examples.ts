import type { FoundBy } from "#collectors/registry";

type Managed = FoundBy<"ssm.managedInstances">;

/** An EC2 instance that is online and has its patches, and what is to be different about it. */
export const exampleManagedInstance = (
  attributes: Partial<Managed["attributes"]> = {},
  observed: Partial<NonNullable<Managed["observed"]>> = {},
): Managed => ({
  nativeId: "arn:aws:ssm:eu-west-1:111122223333:managed-instance/i-0123456789abcdef0",
  arn: "arn:aws:ssm:eu-west-1:111122223333:managed-instance/i-0123456789abcdef0",
  name: "web-1",
  state: null,
  tags: {},
  createdAt: "2026-01-05T10:05:00.000Z",
  attributes: {
    instanceId: "i-0123456789abcdef0",
    kind: "EC2Instance",
    platformType: "Linux",
    platformName: "Amazon Linux",
    platformVersion: "2023",
    computerName: "web-1",
    iamRole: null,
    ...attributes,
  },
  observed: {
    pingStatus: "Online",
    lastPingAt: "2026-02-01T11:58:00.000Z",
    agentVersion: "3.3.2299.0",
    isLatestAgent: true,
    patch: {
      status: "COMPLIANT",
      checkedAt: "2026-02-01T03:00:00.000Z",
      nonCompliant: { total: 0, critical: 0, high: 0 },
    },
    ...observed,
  },
});

/** An encrypted parameter without policies, and what is to be different about it. */
export const exampleParameter = (
  attributes: Partial<FoundBy<"ssm.parameters">["attributes"]> = {},
  name: string | null = "/shop/db/host",
): FoundBy<"ssm.parameters"> => ({
  nativeId: `arn:aws:ssm:eu-west-1:111122223333:parameter${name}`,
  arn: `arn:aws:ssm:eu-west-1:111122223333:parameter${name}`,
  name,
  state: null,
  tags: {},
  createdAt: null,
  attributes: {
    type: "SecureString",
    tier: "Advanced",
    dataType: "text",
    kmsKeyId: "alias/aws/ssm",
    lastModifiedAt: "2026-01-01T00:00:00.000Z",
    expiresAt: null,
    noChangeAfterHours: null,
    ...attributes,
  },
});

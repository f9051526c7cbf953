import type { FoundBy } from "#collectors/registry";

/** A PostgreSQL instance on its own with all the good settings, but for what is given. */
export const exampleInstance = (
  attributes: Partial<FoundBy<"rds.dbInstances">["attributes"]> = {},
  tags: Readonly<Record<string, string>> = {},
  rest: Partial<Omit<FoundBy<"rds.dbInstances">, "attributes" | "tags">> = {},
): FoundBy<"rds.dbInstances"> => ({
  nativeId: "arn:aws:rds:eu-west-1:111122223333:db:shop",
  arn: "arn:aws:rds:eu-west-1:111122223333:db:shop",
  name: "shop",
  state: "available",
  tags,
  createdAt: "2024-05-02T08:30:00.000Z",
  ...rest,
  attributes: {
    identifier: "shop",
    engine: "postgres",
    engineVersion: "16.4",
    engineSupport: {
      majorVersion: "16",
      standardEndsAt: "2029-02-28T23:59:59.999Z",
      extendedStartsAt: "2029-03-01T00:00:00.000Z",
      extendedEndsAt: "2032-02-28T23:59:59.999Z",
    },
    engineLifecycleSupport: "open-source-rds-extended-support",
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

/** A private, encrypted snapshot of 100 GiB, but for what is given. */
export const exampleSnapshot = (
  attributes: Partial<FoundBy<"rds.dbSnapshots">["attributes"]> = {},
  createdAt: string | null = "2026-01-15T03:00:00.000Z",
): FoundBy<"rds.dbSnapshots"> => ({
  nativeId: "arn:aws:rds:eu-west-1:111122223333:snapshot:shop-before-upgrade",
  arn: "arn:aws:rds:eu-west-1:111122223333:snapshot:shop-before-upgrade",
  name: "shop-before-upgrade",
  state: "available",
  tags: {},
  createdAt,
  attributes: {
    sourceInstanceId: "shop",
    engine: "postgres",
    engineVersion: "16.4",
    allocatedStorageGib: 100,
    storageType: "gp3",
    encrypted: true,
    kmsKeyId: "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000001",
    isPublic: false,
    ...attributes,
  },
});

/** An Aurora PostgreSQL cluster with all the good settings, but for what is given. */
export const exampleCluster = (
  attributes: Partial<FoundBy<"rds.dbClusters">["attributes"]> = {},
  tags: Readonly<Record<string, string>> = {},
): FoundBy<"rds.dbClusters"> => ({
  nativeId: "arn:aws:rds:eu-west-1:111122223333:cluster:orders",
  arn: "arn:aws:rds:eu-west-1:111122223333:cluster:orders",
  name: "orders",
  state: "available",
  tags,
  createdAt: "2024-05-02T08:30:00.000Z",
  attributes: {
    identifier: "orders",
    engine: "aurora-postgresql",
    engineVersion: "16.4",
    engineMode: "provisioned",
    engineSupport: null,
    engineLifecycleSupport: "open-source-rds-extended-support",
    class: null,
    memberIds: ["orders-1", "orders-2"],
    replicaSource: null,
    multiAz: true,
    publiclyAccessible: null,
    endpointHost: "orders.cluster-abcdefghijkl.eu-west-1.rds.amazonaws.com",
    endpointPort: 5432,
    vpcSecurityGroupIds: ["sg-0a1"],
    storageEncrypted: true,
    kmsKeyId: "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000001",
    backupRetentionDays: 14,
    deletionProtection: true,
    autoMinorVersionUpgrade: true,
    ...attributes,
  },
});

/** A private, encrypted snapshot of a cluster, but for what is given. */
export const exampleClusterSnapshot = (
  attributes: Partial<FoundBy<"rds.dbClusterSnapshots">["attributes"]> = {},
): FoundBy<"rds.dbClusterSnapshots"> => ({
  nativeId: "arn:aws:rds:eu-west-1:111122223333:cluster-snapshot:orders-before-upgrade",
  arn: "arn:aws:rds:eu-west-1:111122223333:cluster-snapshot:orders-before-upgrade",
  name: "orders-before-upgrade",
  state: "available",
  tags: {},
  createdAt: "2026-01-15T03:00:00.000Z",
  attributes: {
    sourceClusterId: "orders",
    engine: "aurora-postgresql",
    engineVersion: "16.4",
    allocatedStorageGib: 0,
    storageType: "aurora",
    encrypted: true,
    kmsKeyId: "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000001",
    isPublic: false,
    ...attributes,
  },
});

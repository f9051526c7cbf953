import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { CollectContext, Collector, Found } from "#collectors/collector";
import { flag, instant, number, part, tagList, text } from "#collectors/json";
import { policyIn, type PolicyStatement } from "#collectors/policy";
import { oneByOne } from "#collectors/read";
import { arnIn, encryptedBy } from "#collectors/relations";

export interface FileSystem {
  readonly fileSystemId: string;
  readonly encrypted: boolean | null;
  readonly kmsKeyId: string | null;
  /** `generalPurpose` or `maxIO`. */
  readonly performanceMode: string | null;
  /** `bursting`, `provisioned` or `elastic`. */
  readonly throughputMode: string | null;
  readonly provisionedThroughputMibps: number | null;
  /** null: it is kept in more than one zone. */
  readonly availabilityZone: string | null;
  /** `ENABLED`, …: AWS Backup copies it every day; null: never set, or not asked because it is being deleted. */
  readonly backupPolicyStatus: string | null | undefined;
  /** null: it has none, or is being deleted. */
  readonly policy: readonly PolicyStatement[] | null | undefined;
}

export interface FileSystemObserved {
  readonly sizeBytes: number | null;
  readonly mountTargets: number | null;
}

const describeFileSystems: Operation = {
  service: "efs",
  action: "DescribeFileSystems",
  method: "GET",
  path: "/2015-02-01/file-systems",
  paging: { token: "Marker", next: "NextMarker", limit: ["MaxItems", 100] },
};
const describeBackupPolicy: Operation = {
  service: "efs",
  action: "DescribeBackupPolicy",
  method: "GET",
  path: "/2015-02-01/file-systems/{FileSystemId}/backup-policy",
};
const describeFileSystemPolicy: Operation = {
  service: "efs",
  action: "DescribeFileSystemPolicy",
  method: "GET",
  path: "/2015-02-01/file-systems/{FileSystemId}/policy",
};

const ListedFileSystem = z
  .object({
    FileSystemId: z.string(),
    Name: text,
    CreationTime: instant,
    LifeCycleState: text,
    NumberOfMountTargets: number,
    SizeInBytes: part({ Value: number }),
    PerformanceMode: text,
    Encrypted: flag,
    KmsKeyId: text,
    ThroughputMode: text,
    ProvisionedThroughputInMibps: number,
    AvailabilityZoneName: text,
    Tags: tagList,
  })
  .transform((listed) => ({
    name: listed.Name,
    state: listed.LifeCycleState,
    tags: listed.Tags,
    createdAt: listed.CreationTime,
    attributes: {
      fileSystemId: listed.FileSystemId,
      encrypted: listed.Encrypted,
      kmsKeyId: listed.KmsKeyId,
      performanceMode: listed.PerformanceMode,
      throughputMode: listed.ThroughputMode,
      provisionedThroughputMibps: listed.ProvisionedThroughputInMibps,
      availabilityZone: listed.AvailabilityZoneName,
    },
    observed: { sizeBytes: listed.SizeInBytes.Value, mountTargets: listed.NumberOfMountTargets },
  }));
type ListedFileSystem = z.infer<typeof ListedFileSystem>;

const Page = z.object({ FileSystems: z.array(ListedFileSystem) });
const BackupPolicy = z.object({ BackupPolicy: z.object({ Status: z.string() }) });

/**
 * Source: EFS API 2015-02-01, DescribeFileSystems (100 per page), and DescribeBackupPolicy and DescribeFileSystemPolicy for
 * each that is not being deleted.
 */
export const collector: Collector<FileSystem, FileSystemObserved, ListedFileSystem> = {
  id: "efs.fileSystems",
  service: "efs",
  resourceType: "AWS::EFS::FileSystem",
  scope: "regional",
  actions: [
    "elasticfilesystem:DescribeBackupPolicy",
    "elasticfilesystem:DescribeFileSystemPolicy",
    "elasticfilesystem:DescribeFileSystems",
  ],
  async *list({ aws }) {
    for await (const page of aws.walk(describeFileSystems)) yield Page.parse(page).FileSystems;
  },
  describe: oneByOne(found),
};

async function found(
  { aws, place }: CollectContext,
  { attributes, ...listed }: ListedFileSystem,
): Promise<Found<FileSystem, FileSystemObserved>> {
  const { fileSystemId: FileSystemId } = attributes;
  const ask = (operation: Operation) =>
    listed.state?.startsWith("delet") ? null : aws.attempt(operation, { FileSystemId }, ["PolicyNotFound"]);
  const [backup, policy] = await Promise.all([ask(describeBackupPolicy), ask(describeFileSystemPolicy)]);
  const arn = arnIn(place, "elasticfilesystem", `file-system/${FileSystemId}`);
  return {
    nativeId: arn,
    arn,
    ...listed,
    relations: encryptedBy(attributes.kmsKeyId, place),
    attributes: {
      ...attributes,
      backupPolicyStatus: backup === null ? null : BackupPolicy.safeParse(backup).data?.BackupPolicy.Status,
      policy: policyIn(policy, "Policy"),
    },
  };
}

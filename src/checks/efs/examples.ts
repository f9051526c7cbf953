import type { FoundBy } from "#collectors/registry";

type FileSystem = FoundBy<"efs.fileSystems">;

/** An encrypted file system that is backed up and has no policy, and what is to be different about it. */
export const exampleFileSystem = (
  attributes: Partial<FileSystem["attributes"]> = {},
  rest: Partial<Omit<FileSystem, "attributes">> = {},
): FileSystem => ({
  nativeId: "arn:aws:elasticfilesystem:eu-west-1:111122223333:file-system/fs-0a",
  arn: "arn:aws:elasticfilesystem:eu-west-1:111122223333:file-system/fs-0a",
  name: "uploads",
  state: "available",
  tags: {},
  createdAt: "2025-06-01T09:00:00.000Z",
  observed: { sizeBytes: 6144, mountTargets: 2 },
  ...rest,
  attributes: {
    fileSystemId: "fs-0a",
    encrypted: true,
    kmsKeyId: "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000001",
    performanceMode: "generalPurpose",
    throughputMode: "elastic",
    provisionedThroughputMibps: null,
    availabilityZone: null,
    backupPolicyStatus: "ENABLED",
    policy: null,
    ...attributes,
  },
});

import { AwsError, json } from "../answers.ts";
import type { Call, Operation } from "../calls.ts";
import { keyArnOf } from "./kms.ts";
import {
  idOf,
  isBare,
  isBusy,
  isOpen,
  numberOf,
  pageOf,
  policyOf,
  secondsBefore,
  sharing,
  tagsOf,
  type ThingService,
} from "./thing.ts";

/** Source: EFS API 2015-02-01. */
const kind = "efs.fileSystems";
const paging = { token: "Marker", limit: "MaxItems", byDefault: 100, min: 1, max: 100 };

const fileSystemId = (n: number): string => idOf("fs-0e", n, 20);
export const fileSystemArnOf = ({ account, region }: Call, n: number): string =>
  `arn:aws:elasticfilesystem:${region}:${account.id}:file-system/${fileSystemId(n)}`;

/** Every eleventh is being deleted. */
const stateOf = (n: number): string => (n % 11 === 10 ? "deleting" : "available");

const describeFileSystems: Operation = (call) => {
  const { numbers, next } = pageOf(call, kind, paging);
  const FileSystems = numbers.map((n) => ({
    OwnerId: call.account.id,
    CreationToken: `token-${n}`,
    FileSystemId: fileSystemId(n),
    FileSystemArn: fileSystemArnOf(call, n),
    CreationTime: secondsBefore(call, 180),
    LifeCycleState: stateOf(n),
    Name: `files-${n}`,
    NumberOfMountTargets: isBusy(n) ? 2 : 0,
    SizeInBytes: { Value: isBusy(n) ? (n + 1) * 1_048_576 : 6144, ValueInIA: 0, ValueInStandard: 6144 },
    PerformanceMode: "generalPurpose",
    Encrypted: !isBare(n),
    ...(isBare(n) ? {} : { KmsKeyId: keyArnOf(call, 0) }),
    ThroughputMode: "elastic",
    Tags: [{ Key: "Name", Value: `files-${n}` }, ...tagsOf(n)],
  }));
  return json({ FileSystems, NextMarker: next });
};

/** The file system a request names. Throws FileSystemNotFound. */
const named = (call: Call): number =>
  numberOf(
    call,
    kind,
    "FileSystemId",
    new AwsError("FileSystemNotFound", 404, "The specified file system does not exist."),
  );

const unset = (what: string): Error => new AwsError("PolicyNotFound", 404, `No ${what} is set for the file system.`);

const describeBackupPolicy: Operation = (call) => {
  const n = named(call);
  if (n % 4 === 3) throw unset("backup policy");
  return json({ BackupPolicy: { Status: isBare(n) ? "DISABLED" : "ENABLED" } });
};

/** Every third and every open one has a policy. */
const describeFileSystemPolicy: Operation = (call) => {
  const n = named(call);
  if (n % 3 !== 0 && !isOpen(n)) throw unset("policy");
  const statement = sharing(call, n, "elasticfilesystem:ClientMount", fileSystemArnOf(call, n));
  return json({ FileSystemId: fileSystemId(n), Policy: policyOf(statement) });
};

export const efs: ThingService = {
  routes: [
    ["GET", "/2015-02-01/file-systems", "DescribeFileSystems"],
    ["GET", "/2015-02-01/file-systems/{FileSystemId}/backup-policy", "DescribeBackupPolicy"],
    ["GET", "/2015-02-01/file-systems/{FileSystemId}/policy", "DescribeFileSystemPolicy"],
  ],
  operations: {
    DescribeFileSystems: describeFileSystems,
    DescribeBackupPolicy: describeBackupPolicy,
    DescribeFileSystemPolicy: describeFileSystemPolicy,
  },
  kinds: { [kind]: { arnOf: fileSystemArnOf } },
};

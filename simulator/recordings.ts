// Written by index-recordings.mjs.
import r0 from "./recordings/acm/DescribeCertificate.imported-ec.json" with { type: "json" };
import r1 from "./recordings/acm/DescribeCertificate.imported-rsa-ends-soon.json" with { type: "json" };
import r2 from "./recordings/acm/DescribeCertificate.imported-rsa-expired.json" with { type: "json" };
import r3 from "./recordings/acm/DescribeCertificate.imported-rsa-long.json" with { type: "json" };
import r4 from "./recordings/acm/DescribeCertificate.requested-issued.json" with { type: "json" };
import r5 from "./recordings/acm/DescribeCertificate.requested-pending.json" with { type: "json" };
import r6 from "./recordings/acm/DescribeCertificate.us-imported-rsa.json" with { type: "json" };
import r7 from "./recordings/acm/ListCertificates.json" with { type: "json" };
import r8 from "./recordings/acm/ListTagsForCertificate.imported-ec.json" with { type: "json" };
import r9 from "./recordings/acm/ListTagsForCertificate.imported-rsa-ends-soon.json" with { type: "json" };
import r10 from "./recordings/acm/ListTagsForCertificate.imported-rsa-expired.json" with { type: "json" };
import r11 from "./recordings/acm/ListTagsForCertificate.imported-rsa-long.json" with { type: "json" };
import r12 from "./recordings/acm/ListTagsForCertificate.requested-issued.json" with { type: "json" };
import r13 from "./recordings/acm/ListTagsForCertificate.requested-pending.json" with { type: "json" };
import r14 from "./recordings/acm/ListTagsForCertificate.us-imported-rsa.json" with { type: "json" };
import r15 from "./recordings/ec2/DescribeAddresses.json" with { type: "json" };
import r16 from "./recordings/ec2/DescribeImages.json" with { type: "json" };
import r17 from "./recordings/ec2/DescribeInstances.json" with { type: "json" };
import r18 from "./recordings/ec2/DescribeNetworkInterfaces.json" with { type: "json" };
import r19 from "./recordings/ec2/DescribeRegions.all-regions.json" with { type: "json" };
import r20 from "./recordings/ec2/DescribeRegions.json" with { type: "json" };
import r21 from "./recordings/ec2/DescribeSecurityGroups.json" with { type: "json" };
import r22 from "./recordings/ec2/DescribeSnapshots.json" with { type: "json" };
import r23 from "./recordings/ec2/DescribeVolumes.json" with { type: "json" };
import r24 from "./recordings/iam/GenerateCredentialReport.json" with { type: "json" };
import r25 from "./recordings/iam/GetAccessKeyLastUsed.first.json" with { type: "json" };
import r26 from "./recordings/iam/GetAccessKeyLastUsed.inactive.json" with { type: "json" };
import r27 from "./recordings/iam/GetAccessKeyLastUsed.old-used.json" with { type: "json" };
import r28 from "./recordings/iam/GetAccessKeyLastUsed.second-never-used.json" with { type: "json" };
import r29 from "./recordings/iam/GetAccountPasswordPolicy.json" with { type: "json" };
import r30 from "./recordings/iam/GetAccountSummary.json" with { type: "json" };
import r31 from "./recordings/iam/GetCredentialReport.json" with { type: "json" };
import r32 from "./recordings/iam/ListAccessKeys.alice-console-mfa.json" with { type: "json" };
import r33 from "./recordings/iam/ListAccessKeys.bob-console-no-mfa.json" with { type: "json" };
import r34 from "./recordings/iam/ListAccessKeys.carol-two-keys.json" with { type: "json" };
import r35 from "./recordings/iam/ListAccessKeys.dave-old-key.json" with { type: "json" };
import r36 from "./recordings/iam/ListAccessKeys.erin-no-credentials.json" with { type: "json" };
import r37 from "./recordings/iam/ListMFADevices.alice-console-mfa.json" with { type: "json" };
import r38 from "./recordings/iam/ListMFADevices.bob-console-no-mfa.json" with { type: "json" };
import r39 from "./recordings/iam/ListMFADevices.carol-two-keys.json" with { type: "json" };
import r40 from "./recordings/iam/ListMFADevices.dave-old-key.json" with { type: "json" };
import r41 from "./recordings/iam/ListMFADevices.erin-no-credentials.json" with { type: "json" };
import r42 from "./recordings/iam/ListServerCertificates.json" with { type: "json" };
import r43 from "./recordings/iam/ListUsers.json" with { type: "json" };
import r44 from "./recordings/iam/ListVirtualMFADevices.json" with { type: "json" };
import r45 from "./recordings/rds/DescribeDBInstances.json" with { type: "json" };
import r46 from "./recordings/rds/DescribeDBSnapshotAttributes.archive-plain-shared.json" with { type: "json" };
import r47 from "./recordings/rds/DescribeDBSnapshotAttributes.orders-encrypted.json" with { type: "json" };
import r48 from "./recordings/rds/DescribeDBSnapshotAttributes.shop-plain-public.json" with { type: "json" };
import r49 from "./recordings/rds/DescribeDBSnapshotAttributes.shop-plain.json" with { type: "json" };
import r50 from "./recordings/rds/DescribeDBSnapshots.json" with { type: "json" };
import r51 from "./recordings/s3/GetBucketEncryption.cloudglass-bare.json" with { type: "json" };
import r52 from "./recordings/s3/GetBucketEncryption.cloudglass-hardened.json" with { type: "json" };
import r53 from "./recordings/s3/GetBucketEncryption.cloudglass-logs.json" with { type: "json" };
import r54 from "./recordings/s3/GetBucketEncryption.cloudglass-public.json" with { type: "json" };
import r55 from "./recordings/s3/GetBucketEncryption.cloudglass-us.json" with { type: "json" };
import r56 from "./recordings/s3/GetBucketEncryption.cloudglass-versioned.json" with { type: "json" };
import r57 from "./recordings/s3/GetBucketLogging.cloudglass-bare.json" with { type: "json" };
import r58 from "./recordings/s3/GetBucketLogging.cloudglass-hardened.json" with { type: "json" };
import r59 from "./recordings/s3/GetBucketLogging.cloudglass-logs.json" with { type: "json" };
import r60 from "./recordings/s3/GetBucketLogging.cloudglass-public.json" with { type: "json" };
import r61 from "./recordings/s3/GetBucketLogging.cloudglass-us.json" with { type: "json" };
import r62 from "./recordings/s3/GetBucketLogging.cloudglass-versioned.json" with { type: "json" };
import r63 from "./recordings/s3/GetBucketPolicy.cloudglass-bare.json" with { type: "json" };
import r64 from "./recordings/s3/GetBucketPolicy.cloudglass-hardened.json" with { type: "json" };
import r65 from "./recordings/s3/GetBucketPolicy.cloudglass-logs.json" with { type: "json" };
import r66 from "./recordings/s3/GetBucketPolicy.cloudglass-public.json" with { type: "json" };
import r67 from "./recordings/s3/GetBucketPolicy.cloudglass-us.json" with { type: "json" };
import r68 from "./recordings/s3/GetBucketPolicy.cloudglass-versioned.json" with { type: "json" };
import r69 from "./recordings/s3/GetBucketTagging.cloudglass-bare.json" with { type: "json" };
import r70 from "./recordings/s3/GetBucketTagging.cloudglass-hardened.json" with { type: "json" };
import r71 from "./recordings/s3/GetBucketTagging.cloudglass-logs.json" with { type: "json" };
import r72 from "./recordings/s3/GetBucketTagging.cloudglass-public.json" with { type: "json" };
import r73 from "./recordings/s3/GetBucketTagging.cloudglass-us.json" with { type: "json" };
import r74 from "./recordings/s3/GetBucketTagging.cloudglass-versioned.json" with { type: "json" };
import r75 from "./recordings/s3/GetBucketVersioning.cloudglass-bare.json" with { type: "json" };
import r76 from "./recordings/s3/GetBucketVersioning.cloudglass-hardened.json" with { type: "json" };
import r77 from "./recordings/s3/GetBucketVersioning.cloudglass-logs.json" with { type: "json" };
import r78 from "./recordings/s3/GetBucketVersioning.cloudglass-public.json" with { type: "json" };
import r79 from "./recordings/s3/GetBucketVersioning.cloudglass-us.json" with { type: "json" };
import r80 from "./recordings/s3/GetBucketVersioning.cloudglass-versioned.json" with { type: "json" };
import r81 from "./recordings/s3/GetPublicAccessBlock.cloudglass-bare.json" with { type: "json" };
import r82 from "./recordings/s3/GetPublicAccessBlock.cloudglass-hardened.json" with { type: "json" };
import r83 from "./recordings/s3/GetPublicAccessBlock.cloudglass-logs.json" with { type: "json" };
import r84 from "./recordings/s3/GetPublicAccessBlock.cloudglass-public.json" with { type: "json" };
import r85 from "./recordings/s3/GetPublicAccessBlock.cloudglass-us.json" with { type: "json" };
import r86 from "./recordings/s3/GetPublicAccessBlock.cloudglass-versioned.json" with { type: "json" };
import r87 from "./recordings/s3/ListBuckets.json" with { type: "json" };
import r88 from "./recordings/s3control/GetPublicAccessBlock.json" with { type: "json" };
import r89 from "./recordings/sts/AssumeRole.json" with { type: "json" };
import r90 from "./recordings/sts/GetCallerIdentity.json" with { type: "json" };

/** A wire answer of the emulator, as `scripts/record/` keeps it. */
export interface Recording {
  readonly service: string;
  readonly operation: string;
  readonly case: string | null;
  readonly status: number;
  readonly body: string;
}

const recordings: readonly Recording[] = [
  r0,
  r1,
  r2,
  r3,
  r4,
  r5,
  r6,
  r7,
  r8,
  r9,
  r10,
  r11,
  r12,
  r13,
  r14,
  r15,
  r16,
  r17,
  r18,
  r19,
  r20,
  r21,
  r22,
  r23,
  r24,
  r25,
  r26,
  r27,
  r28,
  r29,
  r30,
  r31,
  r32,
  r33,
  r34,
  r35,
  r36,
  r37,
  r38,
  r39,
  r40,
  r41,
  r42,
  r43,
  r44,
  r45,
  r46,
  r47,
  r48,
  r49,
  r50,
  r51,
  r52,
  r53,
  r54,
  r55,
  r56,
  r57,
  r58,
  r59,
  r60,
  r61,
  r62,
  r63,
  r64,
  r65,
  r66,
  r67,
  r68,
  r69,
  r70,
  r71,
  r72,
  r73,
  r74,
  r75,
  r76,
  r77,
  r78,
  r79,
  r80,
  r81,
  r82,
  r83,
  r84,
  r85,
  r86,
  r87,
  r88,
  r89,
  r90,
];

/** Every case of an operation. */
export const recordingsOf = (service: string, operation: string): readonly Recording[] =>
  recordings.filter((one) => one.service === service && one.operation === operation);

/** What was answered; `""` when nothing was recorded. */
export const bodyOf = (service: string, operation: string, name: string | null = null): string =>
  recordingsOf(service, operation).find((one) => one.case === name)?.body ?? "";

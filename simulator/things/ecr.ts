import { AwsError, json } from "../answers.ts";
import type { Call, Operation } from "../calls.ts";
import { windowOf } from "../paging.ts";
import { digits, isBusy, isNth, numberOf, pageOf, policyOf, secondsBefore, type ThingService } from "./thing.ts";

/** Source: ECR API 2015-09-21. */
const kind = "ecr.repositories";
const paging = { token: "nextToken", limit: "maxResults", byDefault: 100, min: 1, max: 1000 };

const nameOf = (n: number): string => `repository-${n}`;
const arnOf = ({ account, region }: Call, n: number): string =>
  `arn:aws:ecr:${region}:${account.id}:repository/${nameOf(n)}`;

const absent = (call: Call, what: string): AwsError => {
  const name = String(call.input["repositoryName"]);
  const message = `${what} does not exist for the repository with name '${name}' in the registry with id '${call.account.id}'`;
  return new AwsError(`${what.replaceAll(" ", "")}NotFoundException`, 400, message);
};
const named = (call: Call): number => numberOf(call, kind, "repositoryName", absent(call, "Repository"));

const describeRepositories: Operation = (call) => {
  const { numbers, next } = pageOf(call, kind, paging);
  const repositories = numbers.map((n) => ({
    repositoryArn: arnOf(call, n),
    registryId: call.account.id,
    repositoryName: nameOf(n),
    repositoryUri: `${call.account.id}.dkr.ecr.${call.region}.amazonaws.com/${nameOf(n)}`,
    createdAt: secondsBefore(call, 300),
    imageTagMutability: isNth(n, 5) ? "MUTABLE" : "IMMUTABLE",
    imageScanningConfiguration: { scanOnPush: !isNth(n, 5) },
    encryptionConfiguration: isBusy(n)
      ? { encryptionType: "KMS", kmsKey: `arn:aws:kms:${call.region}:${call.account.id}:key/ecr-${n}` }
      : { encryptionType: "AES256" },
  }));
  return json({ repositories, nextToken: next });
};

/** Every third has a policy; every 7th lets everybody pull. */
const getRepositoryPolicy: Operation = (call) => {
  const n = named(call);
  if (!isNth(n, 3) && !isNth(n, 7)) throw absent(call, "Repository Policy");
  const statement = {
    Sid: "pull",
    Effect: "Allow",
    Principal: isNth(n, 7) ? "*" : { AWS: `arn:aws:iam::${call.account.id}:root` },
    Action: ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
  };
  return json({ registryId: call.account.id, repositoryName: nameOf(n), policyText: policyOf(statement) });
};

const getLifecyclePolicy: Operation = (call) => {
  const n = named(call);
  if (isNth(n, 5)) throw absent(call, "Lifecycle Policy");
  const selection = { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 100 };
  const rule = { rulePriority: 1, description: "keep 100 images", selection, action: { type: "expire" } };
  return json({
    registryId: call.account.id,
    repositoryName: nameOf(n),
    lifecyclePolicyText: JSON.stringify({ rules: [rule] }),
    lastEvaluatedAt: secondsBefore(call, 1),
  });
};

/** Every fourth is empty, every hundredth has more than a page. */
const imagesIn = (n: number): number => (isNth(n, 100) ? paging.max + 3 : isNth(n, 4) ? 0 : 3);

const describeImages: Operation = (call) => {
  const n = named(call);
  const { from, to, next } = windowOf(call, imagesIn(n), paging);
  const imageDetails = Array.from({ length: to - from }, (_, at) => {
    const image = from + at;
    return {
      registryId: call.account.id,
      repositoryName: nameOf(n),
      imageDigest: `sha256:${digits(n, 32)}${digits(image, 32)}`,
      ...(image % 3 === 0 && { imageTags: image === 0 ? ["latest"] : [`build-${image}`] }),
      imageSizeInBytes: 50_000_000 + image,
      imagePushedAt: secondsBefore(call, 20 + 60 * image),
      ...(image === 0 && {
        imageScanStatus: { status: "COMPLETE", description: "The scan was completed successfully." },
        imageScanFindingsSummary: {
          imageScanCompletedAt: secondsBefore(call, 20),
          vulnerabilitySourceUpdatedAt: secondsBefore(call, 20),
          findingSeverityCounts: isNth(n, 7) ? { CRITICAL: 2, HIGH: 5 } : { LOW: 3 },
        },
      }),
      imageManifestMediaType: "application/vnd.docker.distribution.manifest.v2+json",
      lastRecordedPullTime: secondsBefore(call, 10 + 60 * image),
    };
  });
  return json({ imageDetails, nextToken: next });
};

/** As a registry has it that nobody configured. */
const getRegistryScanningConfiguration: Operation = ({ account }) =>
  json({ registryId: account.id, scanningConfiguration: { scanType: "BASIC", rules: [] } });

export const ecr: ThingService = {
  operations: {
    DescribeRepositories: describeRepositories,
    GetRepositoryPolicy: getRepositoryPolicy,
    GetLifecyclePolicy: getLifecyclePolicy,
    DescribeImages: describeImages,
    GetRegistryScanningConfiguration: getRegistryScanningConfiguration,
  },
  kinds: { [kind]: { isTagged: true, arnOf } },
  always: { regional: 1 },
};

import { z } from "zod";
import type { AwsCaller, Operation } from "#aws/caller";
import { AwsFault } from "#aws/fault";
import type { CollectContext, Collector, Found } from "#collectors/collector";
import { flag, instant, number, part, text, texts } from "#collectors/json";
import { policyIn, type PolicyStatement } from "#collectors/policy";
import { oneByOne } from "#collectors/read";
import { encryptedBy, keyArn } from "#collectors/relations";
import { tagActions, taggedAs } from "#collectors/tags";
import { imagesMonthlyUsd } from "#prices/ecr";
import { inRegion } from "#prices/regions";
import { frequencyOf, getRegistryScanningConfiguration, ScanningConfiguration, type ScanningRule } from "./shapes.ts";

export interface Repository {
  readonly uri: string | null;
  /** `MUTABLE`, `IMMUTABLE`, `MUTABLE_WITH_EXCLUSION` or `IMMUTABLE_WITH_EXCLUSION`. */
  readonly imageTagMutability: string | null;
  /** The repository's own setting; it counts where no rule of the registry does. */
  readonly scanOnPush: boolean | null;
  /** What the registry's rules say of it: `CONTINUOUS_SCAN`, `SCAN_ON_PUSH` or `MANUAL`; null: none is about it. */
  readonly registryScanFrequency: string | null | undefined;
  /** `AES256`, `KMS` or `KMS_DSSE`. */
  readonly encryptionType: string | null;
  readonly kmsKeyArn: string | null;
  /** The statements of its policy; null when it has none. */
  readonly policy: readonly PolicyStatement[] | null | undefined;
  /** What becomes of images by themselves; null: all are kept. */
  readonly lifecycleRules: readonly LifecycleRule[] | null | undefined;
}

export interface LifecycleRule {
  readonly priority: number | null;
  /** `tagged`, `untagged` or `any`. */
  readonly tagStatus: string | null;
  /** `imageCountMoreThan` or `sinceImagePushed`, among others. */
  readonly countType: string | null;
  readonly countNumber: number | null;
}

export interface RepositoryObserved {
  readonly images: Images | undefined;
}

export interface Images {
  readonly count: number;
  /** Layers that images share are counted in each. */
  readonly sizeBytes: number;
  /** Of images pushed, and last pulled if ever, more than 90 days ago. */
  readonly unusedSizeBytes: number;
  /** The tagged image that was pushed last. */
  readonly latest: Image | null;
}

export interface Image {
  readonly digest: string;
  readonly tags: readonly string[];
  readonly pushedAt: string | null;
  /** `COMPLETE`, `ACTIVE`, `FAILED`, …; null: never scanned. */
  readonly scanStatus: string | null;
  /** How many findings of each severity (`CRITICAL`, `HIGH`, …); null: there is no summary of a scan. */
  readonly findingSeverityCounts: Readonly<Record<string, number>> | null;
}

const describeRepositories: Operation = {
  service: "ecr",
  action: "DescribeRepositories",
  paging: { token: "nextToken", next: "nextToken", limit: ["maxResults", 1000] },
};
const getRepositoryPolicy: Operation = { service: "ecr", action: "GetRepositoryPolicy" };
const getLifecyclePolicy: Operation = { service: "ecr", action: "GetLifecyclePolicy" };
const describeImages: Operation = {
  service: "ecr",
  action: "DescribeImages",
  paging: { token: "nextToken", next: "nextToken", limit: ["maxResults", 1000] },
};
const unusedAfterMs = 90 * 86_400_000;

const ListedRepository = z.object({
  repositoryArn: z.string(),
  repositoryName: z.string(),
  repositoryUri: text,
  createdAt: instant,
  imageTagMutability: text,
  imageScanningConfiguration: part({ scanOnPush: flag }),
  encryptionConfiguration: part({ encryptionType: text, kmsKey: text }),
});
type ListedRepository = z.infer<typeof ListedRepository>;
const Page = z.object({ repositories: z.array(ListedRepository) });

const LifecycleAnswer = z.object({ lifecyclePolicyText: z.string() });
const Lifecycle = z.object({
  rules: z.array(
    z
      .object({
        rulePriority: number,
        selection: z.object({ tagStatus: text, countType: text, countNumber: number }),
      })
      .transform(({ rulePriority, selection }): LifecycleRule => ({ priority: rulePriority, ...selection })),
  ),
});
const ImagesPage = z.object({
  imageDetails: z.array(
    z.object({
      imageDigest: z.string(),
      imageTags: texts,
      imageSizeInBytes: number,
      imagePushedAt: instant,
      lastRecordedPullTime: instant,
      imageScanStatus: part({ status: text }),
      imageScanFindingsSummary: part({ findingSeverityCounts: z.record(z.string(), z.number()).nullish() }),
    }),
  ),
});
type ImageDetail = z.infer<typeof ImagesPage>["imageDetails"][number];

/**
 * Source: ECR API 2015-09-21, DescribeRepositories (1,000 per page), GetRegistryScanningConfiguration once, and of each
 * repository GetRepositoryPolicy, GetLifecyclePolicy and DescribeImages (1,000 per page).
 */
export const collector: Collector<Repository, RepositoryObserved, ListedRepository> = {
  id: "ecr.repositories",
  service: "ecr",
  resourceType: "AWS::ECR::Repository",
  scope: "regional",
  actions: [
    "ecr:DescribeImages",
    "ecr:DescribeRepositories",
    "ecr:GetLifecyclePolicy",
    "ecr:GetRegistryScanningConfiguration",
    "ecr:GetRepositoryPolicy",
    ...tagActions,
  ],
  async *list(context) {
    for await (const page of context.aws.walk(describeRepositories)) {
      yield Page.parse(page).repositories;
    }
  },
  describe: oneByOne(found),
};

const gone: ReadonlySet<string> = new Set(["RepositoryNotFoundException"]);

/** null: it is gone since it was listed. */
async function found(
  { aws, place, now }: CollectContext,
  repository: ListedRepository,
): Promise<Found<Repository, RepositoryObserved> | null> {
  const { repositoryArn, repositoryName } = repository;
  const [images, policy, lifecycle, rules] = await Promise.all([
    imagesOf(aws, repositoryName, now),
    aws.attempt(getRepositoryPolicy, { repositoryName }, [...gone, "RepositoryPolicyNotFoundException"]),
    aws.attempt(getLifecyclePolicy, { repositoryName }, [...gone, "LifecyclePolicyNotFoundException"]),
    registryRules(aws),
  ]);
  if (images === null) return null;
  const kmsKeyArn = keyArn(repository.encryptionConfiguration.kmsKey, place);
  return {
    nativeId: repositoryArn,
    arn: repositoryArn,
    name: repositoryName,
    state: null,
    ...taggedAs(repositoryArn),
    createdAt: repository.createdAt,
    costMonthly: images && inRegion(imagesMonthlyUsd(images.sizeBytes), place.region),
    relations: encryptedBy(kmsKeyArn, place),
    attributes: {
      uri: repository.repositoryUri,
      imageTagMutability: repository.imageTagMutability,
      scanOnPush: repository.imageScanningConfiguration.scanOnPush,
      registryScanFrequency: rules && frequencyOf(rules, repositoryName),
      encryptionType: repository.encryptionConfiguration.encryptionType,
      kmsKeyArn,
      policy: policyIn(policy, "policyText"),
      lifecycleRules: lifecycleIn(lifecycle),
    },
    observed: { images },
  };
}

/** Every image, page by page, of which only the figures stay. null: the repository is gone. */
async function imagesOf(aws: AwsCaller, repositoryName: string, now: Date): Promise<Images | null | undefined> {
  const unusedSince = new Date(now.getTime() - unusedAfterMs).toISOString();
  let images: Images = { count: 0, sizeBytes: 0, unusedSizeBytes: 0, latest: null };
  try {
    for await (const page of aws.pages(describeImages, { repositoryName })) {
      const { imageDetails } = ImagesPage.parse(page);
      images = imageDetails.reduce((sum, image) => counted(sum, image, unusedSince), images);
    }
    return images;
  } catch (error) {
    return error instanceof AwsFault && gone.has(error.code) ? null : aws.gap(error);
  }
}

function counted(images: Images, image: ImageDetail, unusedSince: string): Images {
  const size = image.imageSizeInBytes ?? 0;
  const used = [image.imagePushedAt, image.lastRecordedPullTime].some((at) => at !== null && at >= unusedSince);
  const isLatest = image.imageTags.length > 0 && (image.imagePushedAt ?? "") > (images.latest?.pushedAt ?? "");
  return {
    count: images.count + 1,
    sizeBytes: images.sizeBytes + size,
    unusedSizeBytes: images.unusedSizeBytes + (used ? 0 : size),
    latest: isLatest ? latestOf(image) : images.latest,
  };
}

const latestOf = (image: ImageDetail): Image => ({
  digest: image.imageDigest,
  tags: image.imageTags.toSorted(),
  pushedAt: image.imagePushedAt,
  scanStatus: image.imageScanStatus.status,
  findingSeverityCounts: image.imageScanFindingsSummary.findingSeverityCounts ?? null,
});

/** That they could not be read is kept by the kind they are. */
async function registryRules(aws: AwsCaller): Promise<readonly ScanningRule[] | undefined> {
  const answer = await aws.shared(getRegistryScanningConfiguration).catch(() => undefined);
  return ScanningConfiguration.safeParse(answer).data?.rules;
}

function lifecycleIn(answer: unknown): readonly LifecycleRule[] | null | undefined {
  if (answer === null) return null;
  try {
    return Lifecycle.parse(JSON.parse(LifecycleAnswer.parse(answer).lifecyclePolicyText)).rules;
  } catch {
    return undefined;
  }
}

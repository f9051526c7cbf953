import { describe, it } from "vitest";
import { collector } from "#collectors/ecr/repositories";
import { allOf, collect, fakeAws, type Answers } from "../../support/fake-aws.ts";

const now = new Date("2026-11-01T00:00:00Z");
const seconds = (day: string): number => Date.parse(`${day}T00:00:00Z`) / 1000;
const arn = (name: string): string => `arn:aws:ecr:eu-west-1:111122223333:repository/${name}`;

const repository = (name: string, more: Readonly<Record<string, unknown>> = {}) => ({
  repositoryArn: arn(name),
  registryId: "111122223333",
  repositoryName: name,
  repositoryUri: `111122223333.dkr.ecr.eu-west-1.amazonaws.com/${name}`,
  createdAt: 1_735_689_600.5,
  imageTagMutability: "IMMUTABLE",
  imageScanningConfiguration: { scanOnPush: true },
  encryptionConfiguration: { encryptionType: "KMS", kmsKey: "arn:aws:kms:eu-west-1:111122223333:key/1" },
  ...more,
});
const image = (digest: string, pushed: string, more: Readonly<Record<string, unknown>> = {}) => ({
  registryId: "111122223333",
  imageDigest: `sha256:${digest}`,
  imageSizeInBytes: 2 ** 30,
  imagePushedAt: seconds(pushed),
  imageManifestMediaType: "application/vnd.oci.image.manifest.v1+json",
  ...more,
});

const page = (repositories: readonly unknown[], nextToken?: string): string =>
  JSON.stringify({ repositories, nextToken });
const images = (imageDetails: readonly unknown[], nextToken?: string): string =>
  JSON.stringify({ imageDetails, nextToken });
const scanning = (...rules: readonly (readonly [frequency: string, filter: string])[]): string =>
  JSON.stringify({
    registryId: "111122223333",
    scanningConfiguration: {
      scanType: "ENHANCED",
      rules: rules.map(([scanFrequency, filter]) => ({
        scanFrequency,
        repositoryFilters: [{ filter, filterType: "WILDCARD" }],
      })),
    },
  });
const error = (code: string) => ({ status: 400, body: JSON.stringify({ __type: code, message: "No" }) });
const tagged = JSON.stringify({
  ResourceTagMappingList: [{ ResourceARN: arn("shop/api"), Tags: [{ Key: "env", Value: "prod" }] }],
});

const account = (repositories: readonly unknown[], answers: Answers = {}) =>
  fakeAws({
    DescribeRepositories: page(repositories),
    GetResources: tagged,
    DescribeImages: images([]),
    GetRepositoryPolicy: error("RepositoryPolicyNotFoundException"),
    GetLifecyclePolicy: error("LifecyclePolicyNotFoundException"),
    GetRegistryScanningConfiguration: scanning(),
    ...answers,
  });

describe("ecr.repositories", () => {
  it("reads a repository, its policy, its rules and its images", async ({ expect }) => {
    const policyText = JSON.stringify({
      Version: "2008-10-17",
      Statement: [{ Sid: "all", Effect: "Allow", Principal: "*", Action: ["ecr:BatchGetImage"] }],
    });
    const lifecyclePolicyText = JSON.stringify({
      rules: [
        {
          rulePriority: 1,
          selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 14 },
          action: { type: "expire" },
        },
      ],
    });
    const aws = account([repository("shop/api")], {
      GetRepositoryPolicy: JSON.stringify({ repositoryName: "shop/api", policyText }),
      GetLifecyclePolicy: JSON.stringify({ repositoryName: "shop/api", lifecyclePolicyText }),
      GetRegistryScanningConfiguration: scanning(["SCAN_ON_PUSH", "*"], ["CONTINUOUS_SCAN", "shop/*"]),
      DescribeImages: images([
        image("old", "2026-01-01", { imageTags: ["v1"] }),
        image("pulled", "2026-01-02", { lastRecordedPullTime: seconds("2026-10-30") }),
        image("new", "2026-10-20", {
          imageTags: ["v2", "latest"],
          imageScanStatus: { status: "COMPLETE" },
          imageScanFindingsSummary: { findingSeverityCounts: { CRITICAL: 1, LOW: 4 } },
        }),
        image("untagged", "2026-10-25"),
      ]),
    });
    expect(await allOf(collector, aws, now)).toEqual([
      {
        nativeId: arn("shop/api"),
        arn: arn("shop/api"),
        name: "shop/api",
        state: null,
        tags: { env: "prod" },
        tagsUnread: false,
        createdAt: "2025-01-01T00:00:00.500Z",
        costMonthly: expect.closeTo(0.444, 9),
        relations: [
          { kind: "encryptedBy", resourceType: "AWS::KMS::Key", target: "arn:aws:kms:eu-west-1:111122223333:key/1" },
        ],
        attributes: {
          uri: "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/api",
          imageTagMutability: "IMMUTABLE",
          scanOnPush: true,
          registryScanFrequency: "CONTINUOUS_SCAN",
          encryptionType: "KMS",
          kmsKeyArn: "arn:aws:kms:eu-west-1:111122223333:key/1",
          policy: [expect.objectContaining({ sid: "all", principals: { AWS: ["*"] }, actions: ["ecr:BatchGetImage"] })],
          lifecycleRules: [{ priority: 1, tagStatus: "untagged", countType: "sinceImagePushed", countNumber: 14 }],
        },
        observed: {
          images: {
            count: 4,
            sizeBytes: 4 * 2 ** 30,
            unusedSizeBytes: 2 ** 30,
            latest: {
              digest: "sha256:new",
              tags: ["latest", "v2"],
              pushedAt: "2026-10-20T00:00:00.000Z",
              scanStatus: "COMPLETE",
              findingSeverityCounts: { CRITICAL: 1, LOW: 4 },
            },
          },
        },
      },
    ]);
    expect(aws.asked).toEqual([
      'DescribeRepositories {"maxResults":1000}',
      'DescribeImages {"repositoryName":"shop/api","maxResults":1000}',
      'GetRepositoryPolicy {"repositoryName":"shop/api"}',
      'GetLifecyclePolicy {"repositoryName":"shop/api"}',
      "GetRegistryScanningConfiguration",
      `GetResources {"ResourceARNList":["${arn("shop/api")}"]}`,
    ]);
  });

  it("says null for what a repository does not have", async ({ expect }) => {
    const [found] = await allOf(collector, account([{ repositoryArn: arn("bare"), repositoryName: "bare" }]), now);
    expect(new Set(Object.values({ ...found?.attributes }))).toEqual(new Set([null]));
    expect(found).toMatchObject({ createdAt: null, tags: {}, costMonthly: 0, relations: [] });
    expect(found?.observed).toEqual({ images: { count: 0, sizeBytes: 0, unusedSizeBytes: 0, latest: null } });
  });

  it("does not take what was denied or odd for nothing", async ({ expect }) => {
    const denied = fakeAws({ DescribeRepositories: page([repository("shop/api")]) });
    const [found] = await allOf(collector, denied, now);
    expect(found).toMatchObject({
      tags: {},
      tagsUnread: true,
      costMonthly: undefined,
      observed: { images: undefined },
    });
    expect(found?.attributes).toMatchObject({
      registryScanFrequency: undefined,
      policy: undefined,
      lifecycleRules: undefined,
    });
    expect(denied.gaps.toSorted()).toEqual([
      "DescribeImages",
      "GetLifecyclePolicy",
      "GetRepositoryPolicy",
      "GetResources",
    ]);

    const odd = account([repository("shop/api")], {
      DescribeImages: "{}",
      GetRepositoryPolicy: "{}",
      GetLifecyclePolicy: JSON.stringify({ lifecyclePolicyText: "rules" }),
    });
    expect((await allOf(collector, odd, now))[0]).toMatchObject({
      attributes: { policy: undefined, lifecycleRules: undefined },
      observed: { images: undefined },
    });
  });

  it("knows which rule of the registry a repository is under", async ({ expect }) => {
    const frequencyBy = async (filter: string): Promise<string | null | undefined> => {
      const aws = account([repository("shop/api-v2")], {
        GetRegistryScanningConfiguration: scanning(["SCAN_ON_PUSH", filter]),
      });
      return (await allOf(collector, aws, now))[0]?.attributes.registryScanFrequency;
    };
    for (const filter of ["*", "api", "shop/api-v2", "shop*", "*v2", "shop/*-v*", "s*/*api*2"]) {
      expect(await frequencyBy(filter), filter).toBe("SCAN_ON_PUSH");
    }
    for (const filter of ["web", "api*", "*api", "shop/api-v2*v2", "shop*web*"]) {
      expect(await frequencyBy(filter), filter).toBeNull();
    }
  });

  it("goes through all repositories and all images", async ({ expect }) => {
    const aws = account([], {
      DescribeRepositories: ({ nextToken }) =>
        nextToken === "t2" ? page([repository("c")]) : page([repository("a"), repository("b")], "t2"),
      DescribeImages: ({ nextToken }) =>
        nextToken === "i2"
          ? images([image("2", "2026-10-02", { imageTags: ["two"] })])
          : images([image("1", "2026-10-01", { imageTags: ["one"] })], "i2"),
    });
    const pages = await collect(collector, aws, now);
    expect(pages.map((one) => one.map(({ name }) => name))).toEqual([["a", "b"], ["c"]]);
    expect(pages[0]?.[0]?.observed?.images).toMatchObject({ count: 2, latest: { digest: "sha256:2" } });
    expect(aws.asked.filter((call) => call === "GetRegistryScanningConfiguration")).toHaveLength(1);
    expect(aws.asked.filter((call) => call.startsWith("GetResources"))).toEqual([
      `GetResources {"ResourceARNList":["${arn("a")}","${arn("b")}"]}`,
      `GetResources {"ResourceARNList":["${arn("c")}"]}`,
    ]);
  });

  it("does not take a list of images that goes in circles for a whole one", async ({ expect }) => {
    const aws = account([repository("a")], { DescribeImages: images([image("1", "2026-10-01")], "again") });
    expect((await allOf(collector, aws, now))[0]?.observed).toEqual({ images: undefined });
  });

  it("leaves out what is gone since it was listed", async ({ expect }) => {
    const goneNow = error("RepositoryNotFoundException");
    const aws = account([repository("a")], {
      DescribeImages: goneNow,
      GetRepositoryPolicy: goneNow,
      GetLifecyclePolicy: goneNow,
    });
    expect(await allOf(collector, aws, now)).toEqual([]);
    expect(aws.gaps).toEqual([]);
  });

  it("makes one call for a region without repositories, and fails as a whole when the list is denied", async ({
    expect,
  }) => {
    const aws = account([]);
    expect(await allOf(collector, aws, now)).toEqual([]);
    expect(aws.asked).toEqual(['DescribeRepositories {"maxResults":1000}']);
    await expect(collect(collector, fakeAws({}))).rejects.toThrow("AccessDenied");
    await expect(collect(collector, fakeAws({ DescribeRepositories: "{}" }))).rejects.toThrow();
  });
});

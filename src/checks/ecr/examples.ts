import type { FoundBy } from "#collectors/registry";

type Repository = FoundBy<"ecr.repositories">;
type Images = NonNullable<NonNullable<Repository["observed"]>["images"]>;

/** 20 images of 5 GiB each, the latest scanned and clean, and what is to be different about them. */
export const exampleImages = (images: Partial<Images> = {}): Images => ({
  count: 20,
  sizeBytes: 100 * 2 ** 30,
  unusedSizeBytes: 0,
  latest: {
    digest: "sha256:0123456789abcdef",
    tags: ["1.4.0"],
    pushedAt: "2026-01-05T10:00:00.000Z",
    scanStatus: "COMPLETE",
    findingSeverityCounts: {},
  },
  ...images,
});

/** A private repository scanned on push, and what is to be different about it. */
export function exampleRepository(
  attributes: Partial<Repository["attributes"]> = {},
  images: Images | undefined = exampleImages(),
): Repository {
  const arn = "arn:aws:ecr:eu-west-1:111122223333:repository/shop/api";
  return {
    nativeId: arn,
    arn,
    name: "shop/api",
    state: null,
    tags: {},
    createdAt: "2025-03-01T12:00:00.000Z",
    attributes: {
      uri: "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/api",
      imageTagMutability: "IMMUTABLE",
      scanOnPush: true,
      registryScanFrequency: null,
      encryptionType: "AES256",
      kmsKeyArn: null,
      policy: null,
      lifecycleRules: null,
      ...attributes,
    },
    observed: { images },
  };
}

/** The same, but its images could not be read. */
export const exampleUnreadImages = (): Repository => ({ ...exampleRepository(), observed: { images: undefined } });

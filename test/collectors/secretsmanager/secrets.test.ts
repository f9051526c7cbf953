import { describe, it } from "vitest";
import { collector } from "#collectors/secretsmanager/secrets";
import { allOf, collect, fakeAws } from "../../support/fake-aws.ts";

const arn = (name: string): string => `arn:aws:secretsmanager:eu-west-1:111122223333:secret:${name}-a1b2c3`;
const lambda = "arn:aws:lambda:eu-west-1:111122223333:function:rotate";
const secret = (name: string, more: Readonly<Record<string, unknown>> = {}) => ({
  ARN: arn(name),
  Name: name,
  CreatedDate: 1_700_000_000.123,
  LastChangedDate: 1_700_000_100.5,
  ...more,
});
const list = (secrets: readonly unknown[], next?: string): string =>
  JSON.stringify({ SecretList: secrets, NextToken: next });
const policy = (name: string, document?: object): string =>
  JSON.stringify({ ARN: arn(name), Name: name, ResourcePolicy: document && JSON.stringify(document) });

const listed = 'ListSecrets {"IncludePlannedDeletion":true,"MaxResults":100}';

describe("secretsmanager.secrets", () => {
  it("reads a secret and its policy", async ({ expect }) => {
    const db = secret("db", {
      Description: "Shop database",
      KmsKeyId: "alias/secrets",
      RotationEnabled: true,
      RotationLambdaARN: lambda,
      RotationRules: { AutomaticallyAfterDays: 30 },
      LastRotatedDate: 1_700_000_200,
      LastAccessedDate: 1_700_006_400,
      NextRotationDate: 1_702_600_000,
      Tags: [{ Key: "env", Value: "prod" }],
      SecretVersionsToStages: { "11111111-2222-3333-4444-555555555555": ["AWSCURRENT"] },
      PrimaryRegion: "eu-west-1",
    });
    const open = { Version: "2012-10-17", Statement: { Effect: "Allow", Principal: "*", Action: "*", Resource: "*" } };
    const aws = fakeAws({ ListSecrets: list([db]), GetResourcePolicy: policy("db", open) });
    expect(await allOf(collector, aws)).toEqual([
      {
        nativeId: arn("db"),
        arn: arn("db"),
        name: "db",
        state: null,
        tags: { env: "prod" },
        createdAt: "2023-11-14T22:13:20.123Z",
        costMonthly: 0.4 * 1.11,
        relations: [
          {
            kind: "encryptedBy",
            resourceType: "AWS::KMS::Alias",
            target: "arn:aws:kms:eu-west-1:111122223333:alias/secrets",
          },
          { kind: "rotatedBy", resourceType: "AWS::Lambda::Function", target: lambda },
        ],
        attributes: {
          description: "Shop database",
          kmsKeyId: "alias/secrets",
          rotationEnabled: true,
          rotationLambdaArn: lambda,
          rotationAfterDays: 30,
          rotationSchedule: null,
          owningService: null,
          primaryRegion: "eu-west-1",
          deletedAt: null,
          policy: [
            {
              sid: null,
              effect: "Allow",
              principals: { AWS: ["*"] },
              notPrincipals: {},
              actions: ["*"],
              notActions: [],
              resources: ["*"],
              notResources: [],
              conditions: [],
            },
          ],
        },
        observed: {
          lastAccessedAt: "2023-11-15T00:00:00.000Z",
          lastChangedAt: "2023-11-14T22:15:00.500Z",
          lastRotatedAt: "2023-11-14T22:16:40.000Z",
          nextRotationAt: "2023-12-15T00:26:40.000Z",
        },
      },
    ]);
    expect(aws.asked).toEqual([listed, `GetResourcePolicy {"SecretId":"${arn("db")}"}`]);
  });

  it("reads a bare secret: no rotation, no key of its own, no policy", async ({ expect }) => {
    const bare = { ARN: arn("bare"), Name: "bare" };
    const aws = fakeAws({ ListSecrets: list([bare]), GetResourcePolicy: policy("bare") });
    const [found] = await allOf(collector, aws);
    const { rotationEnabled, ...rest } = { ...found?.attributes };
    expect(rotationEnabled).toBe(false);
    expect(new Set([...Object.values(rest), ...Object.values({ ...found?.observed })])).toEqual(new Set([null]));
    expect(found).toMatchObject({ tags: {}, createdAt: null, relations: [] });
  });

  it("does not ask about one marked for deletion, which is free; another service's price is not known", async ({
    expect,
  }) => {
    const aws = fakeAws({
      ListSecrets: list([secret("old", { DeletedDate: 1_700_000_000 }), secret("rds!db", { OwningService: "rds" })]),
      GetResourcePolicy: ({ SecretId }) => (SecretId === arn("rds!db") ? policy("rds!db") : undefined),
    });
    const found = await allOf(collector, aws);
    expect(found.map((one) => [one.attributes.deletedAt, one.attributes.policy, one.costMonthly])).toEqual([
      ["2023-11-14T22:13:20.000Z", null, 0],
      [null, null, null],
    ]);
    expect(aws.asked).toHaveLength(2);
  });

  it("keeps a secret whose policy was denied or is odd, and leaves out one that is gone", async ({ expect }) => {
    const aws = fakeAws({
      ListSecrets: list([secret("denied"), secret("odd"), secret("gone")]),
      GetResourcePolicy: ({ SecretId }) => {
        if (SecretId === arn("denied")) return undefined;
        if (SecretId === arn("odd")) return JSON.stringify({ ResourcePolicy: "{" });
        return { status: 400, body: JSON.stringify({ __type: "ResourceNotFoundException", Message: "No" }) };
      },
    });
    const found = await allOf(collector, aws);
    expect(found.map(({ name, attributes }) => [name, attributes.policy])).toEqual([
      ["denied", undefined],
      ["odd", undefined],
    ]);
    expect(aws.gaps).toEqual(["GetResourcePolicy"]);
  });

  it("goes through all pages", async ({ expect }) => {
    const aws = fakeAws({
      ListSecrets: ({ NextToken }) =>
        NextToken === "t2" ? list([secret("c")]) : list([secret("a"), secret("b")], "t2"),
      GetResourcePolicy: policy("any"),
    });
    const pages = await collect(collector, aws);
    expect(pages.map((page) => page.map(({ name }) => name))).toEqual([["a", "b"], ["c"]]);
  });

  it("makes one call for a region without secrets, and fails when the list is denied or none", async ({ expect }) => {
    const aws = fakeAws({ ListSecrets: list([]) });
    expect(await allOf(collector, aws)).toEqual([]);
    expect(aws.asked).toEqual([listed]);
    await expect(allOf(collector, fakeAws({}))).rejects.toThrow("AccessDenied");
    await expect(allOf(collector, fakeAws({ ListSecrets: "{}" }))).rejects.toThrow();
  });
});

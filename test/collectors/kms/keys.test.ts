import { describe, it } from "vitest";
import { collector } from "#collectors/kms/keys";
import { allOf, collect, fakeAws, type Answers } from "../../support/fake-aws.ts";

const arn = (id: string): string => `arn:aws:kms:eu-west-1:111122223333:key/${id}`;
const keys = (...ids: readonly string[]): string =>
  JSON.stringify({ Keys: ids.map((id) => ({ KeyId: id, KeyArn: arn(id) })), Truncated: false });
const aliases = (...pairs: readonly (readonly [string, string?])[]): string =>
  JSON.stringify({
    Aliases: pairs.map(([name, key]) => ({
      AliasName: name,
      AliasArn: `arn:aws:kms:eu-west-1:111122223333:${name}`,
      TargetKeyId: key,
      CreationDate: 1_700_000_000.123,
    })),
    Truncated: false,
  });
const metadata = (id: string, more: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({
    KeyMetadata: {
      AWSAccountId: "111122223333",
      KeyId: id,
      Arn: arn(id),
      CreationDate: 1_700_000_000.123,
      Enabled: true,
      Description: "",
      KeyUsage: "ENCRYPT_DECRYPT",
      KeyState: "Enabled",
      Origin: "AWS_KMS",
      KeyManager: "CUSTOMER",
      CustomerMasterKeySpec: "SYMMETRIC_DEFAULT",
      KeySpec: "SYMMETRIC_DEFAULT",
      EncryptionAlgorithms: ["SYMMETRIC_DEFAULT"],
      MultiRegion: false,
      ...more,
    },
  });
const policy = JSON.stringify({
  Policy: JSON.stringify({
    Version: "2012-10-17",
    Id: "key-default-1",
    Statement: [
      {
        Sid: "Root",
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::111122223333:root" },
        Action: "kms:*",
        Resource: "*",
      },
    ],
  }),
  PolicyName: "default",
});
const rotation = JSON.stringify({
  KeyId: "a",
  KeyRotationEnabled: true,
  NextRotationDate: 1_800_000_000.5,
  RotationPeriodInDays: 180,
});
const tagging = JSON.stringify({
  PaginationToken: "",
  ResourceTagMappingList: [{ ResourceARN: arn("a"), Tags: [{ Key: "env", Value: "prod" }] }],
});

/** One key `a`; answers replace the usual ones. */
const one = (answers: Answers = {}) =>
  fakeAws({
    ListKeys: keys("a"),
    ListAliases: aliases(),
    GetResources: tagging,
    DescribeKey: metadata("a"),
    GetKeyPolicy: policy,
    GetKeyRotationStatus: rotation,
    ...answers,
  });

describe("kms.keys", () => {
  it("reads a key and its names, and leaves AWS's own out unasked", async ({ expect }) => {
    const aws = one({
      ListKeys: keys("a", "ebs"),
      ListAliases: aliases(["alias/zoo", "a"], ["alias/app", "a"], ["alias/aws/ebs", "ebs"], ["alias/aws/s3"]),
    });
    expect(await allOf(collector, aws)).toEqual([
      {
        nativeId: arn("a"),
        arn: arn("a"),
        name: "app",
        state: "Enabled",
        tags: { env: "prod" },
        tagsUnread: false,
        createdAt: "2023-11-14T22:13:20.123Z",
        expiresAt: null,
        costMonthly: 1.11,
        relations: [],
        attributes: {
          keyId: "a",
          aliases: ["alias/app", "alias/zoo"],
          description: null,
          keyManager: "CUSTOMER",
          keySpec: "SYMMETRIC_DEFAULT",
          keyUsage: "ENCRYPT_DECRYPT",
          origin: "AWS_KMS",
          multiRegionKeyType: null,
          deletionAt: null,
          expirationModel: null,
          validTo: null,
          rotationEnabled: true,
          rotationPeriodDays: 180,
          policy: [
            {
              sid: "Root",
              effect: "Allow",
              principals: { AWS: ["arn:aws:iam::111122223333:root"] },
              notPrincipals: {},
              actions: ["kms:*"],
              notActions: [],
              resources: ["*"],
              notResources: [],
              conditions: [],
            },
          ],
        },
        observed: { nextRotationAt: "2027-01-15T08:00:00.500Z" },
      },
    ]);
    expect(aws.asked).toEqual([
      'ListKeys {"Limit":1000}',
      'ListAliases {"Limit":100}',
      'DescribeKey {"KeyId":"a"}',
      'GetKeyRotationStatus {"KeyId":"a"}',
      'GetKeyPolicy {"KeyId":"a","PolicyName":"default"}',
      `GetResources {"ResourceARNList":["${arn("a")}"]}`,
    ]);
  });

  it("asks for rotation only where KMS may rotate the key", async ({ expect }) => {
    const others = [
      { KeySpec: "RSA_2048" },
      { Origin: "EXTERNAL", ExpirationModel: "KEY_MATERIAL_EXPIRES", ValidTo: 1_800_000_000 },
      { KeyState: "Disabled" },
      {
        MultiRegionConfiguration: { MultiRegionKeyType: "REPLICA", PrimaryKey: { Arn: arn("p"), Region: "us-east-1" } },
      },
    ];
    for (const more of others) {
      const aws = one({ DescribeKey: metadata("a", more) });
      const [found] = await allOf(collector, aws);
      expect(found?.attributes).toMatchObject({ rotationEnabled: null, rotationPeriodDays: null });
      expect(aws.asked.join()).not.toContain("GetKeyRotationStatus");
    }
  });

  it("tells imported material's end, the end of the key, and what it is a replica of", async ({ expect }) => {
    const imported = { Origin: "EXTERNAL", ExpirationModel: "KEY_MATERIAL_EXPIRES", ValidTo: 1_800_000_000 };
    const [external] = await allOf(collector, one({ DescribeKey: metadata("a", imported) }));
    expect(external).toMatchObject({
      expiresAt: "2027-01-15T08:00:00.000Z",
      attributes: { expirationModel: "KEY_MATERIAL_EXPIRES", validTo: "2027-01-15T08:00:00.000Z" },
    });
    const ending = { KeyState: "PendingDeletion", DeletionDate: 1_800_000_000, Enabled: false };
    const [deleted] = await allOf(collector, one({ DescribeKey: metadata("a", ending) }));
    expect(deleted).toMatchObject({
      state: "PendingDeletion",
      costMonthly: 0,
      attributes: { deletionAt: "2027-01-15T08:00:00.000Z" },
    });
    const replica = { MultiRegionKeyType: "REPLICA", PrimaryKey: { Arn: arn("p"), Region: "us-east-1" } };
    const [copy] = await allOf(collector, one({ DescribeKey: metadata("a", { MultiRegionConfiguration: replica }) }));
    expect(copy?.relations).toEqual([{ kind: "replicaOf", resourceType: "AWS::KMS::Key", target: arn("p") }]);
  });

  it("keeps a key whose parts were denied, and the gaps", async ({ expect }) => {
    const aws = fakeAws({ ListKeys: keys("a"), ListAliases: aliases() });
    const [found] = await allOf(collector, aws);
    const { keyId, aliases: names, ...rest } = { ...found?.attributes };
    expect([keyId, names]).toEqual(["a", []]);
    expect(new Set(Object.values(rest))).toEqual(new Set([undefined]));
    expect(found).toMatchObject({ name: null, state: null, tagsUnread: true, costMonthly: null });
    expect(aws.gaps).toEqual(["DescribeKey", "GetKeyPolicy", "GetResources"]);
    const unrotated = one({ GetKeyRotationStatus: () => undefined });
    expect((await allOf(collector, unrotated))[0]?.attributes.rotationEnabled).toBeUndefined();
  });

  it("leaves out a key that is gone, and one of AWS's without an alias", async ({ expect }) => {
    const gone = { status: 400, body: JSON.stringify({ __type: "NotFoundException", message: "No" }) };
    expect(await allOf(collector, one({ DescribeKey: gone }))).toEqual([]);
    const own = one({ DescribeKey: metadata("a", { KeyManager: "AWS" }) });
    expect(await allOf(collector, own)).toEqual([]);
    expect(own.asked.join()).not.toContain("GetKeyPolicy");
  });

  it("goes through all pages of keys and of aliases, reading the aliases once", async ({ expect }) => {
    const cut = (list: string, marker: string): string =>
      JSON.stringify({ ...(JSON.parse(list) as object), NextMarker: marker, Truncated: true });
    const aws = one({
      ListKeys: ({ Marker }) => (Marker === "k2" ? keys("b") : cut(keys("a"), "k2")),
      ListAliases: ({ Marker }) =>
        Marker === "a2" ? aliases(["alias/two", "b"]) : cut(aliases(["alias/one", "a"]), "a2"),
    });
    const pages = await collect(collector, aws);
    expect(pages.map((page) => page.map(({ name }) => name))).toEqual([["one"], ["two"]]);
    expect(aws.asked.filter((call) => call.startsWith("ListAliases"))).toHaveLength(2);
  });

  it("makes one call for a region without keys, and fails when a list is denied", async ({ expect }) => {
    const aws = fakeAws({ ListKeys: keys() });
    expect(await allOf(collector, aws)).toEqual([]);
    expect(aws.asked).toEqual(['ListKeys {"Limit":1000}']);
    await expect(allOf(collector, fakeAws({}))).rejects.toThrow("AccessDenied");
    await expect(allOf(collector, fakeAws({ ListKeys: keys("a") }))).rejects.toThrow("kms:ListAliases");
  });
});

import { describe, it } from "vitest";
import { AwsFault } from "#aws/fault";
import { collector } from "#collectors/iam/access-keys";
import { allOf, errorXml, fakeAws, type Wire } from "../../support/fake-aws.ts";
import { iamAnswer, reportOf, rootRow } from "./wire.ts";

const now = new Date("2026-06-01T08:00:00Z");

interface Slot {
  readonly active: boolean;
  readonly rotated: string;
  readonly used?: string;
}
const cells = (slot: Slot | undefined): string =>
  slot ? `${slot.active},${slot.rotated},${slot.used ?? "N/A"},N/A,N/A` : "false,N/A,N/A,N/A,N/A";
const row = (name: string, first?: Slot, second?: Slot): string =>
  `${name},arn:aws:iam::111122223333:user/${name},2023-01-01T00:00:00+00:00,false,N/A,N/A,N/A,false,${cells(first)},${cells(second)},false,N/A,false,N/A`;
const keys = (...members: readonly (readonly [id: string, status: string, created: string])[]): Wire =>
  iamAnswer(
    "ListAccessKeys",
    `<AccessKeyMetadata>${members
      .map(
        ([id, status, created]) =>
          `<member><UserName>alice</UserName><AccessKeyId>${id}</AccessKeyId><Status>${status}</Status><CreateDate>${created}</CreateDate></member>`,
      )
      .join("")}</AccessKeyMetadata><IsTruncated>false</IsTruncated>`,
  );
const old: Slot = { active: true, rotated: "2024-01-01T00:00:00+00:00", used: "2026-05-31T00:00:00+00:00" };
const report = ["GenerateCredentialReport", "GetCredentialReport"];

describe("iam.accessKeys", () => {
  it("asks for the ids of a user with a key that is too old, and pairs them by date", async ({ expect }) => {
    const aws = fakeAws({
      ...reportOf(
        rootRow.replace("true,false,N/A", "true,true,2020-01-01T00:00:00+00:00"),
        row("nobody"),
        row("alice", old, { active: false, rotated: "2023-01-01T00:00:00+00:00" }),
      ),
      ListAccessKeys: () =>
        keys(["AKIAOLD", "Inactive", "2023-01-01T00:00:00Z"], ["AKIANEW", "Active", "2024-01-01T00:00:00Z"]),
    });
    const found = await allOf(collector, aws, now);
    expect(found[0]).toEqual({
      nativeId: "arn:aws:iam::111122223333:user/alice/access-key/2024-01-01T00:00:00",
      arn: null,
      name: "alice",
      state: "Active",
      tags: {},
      createdAt: "2024-01-01T00:00:00.000Z",
      region: null,
      costMonthly: 0,
      attributes: { userName: "alice", userArn: "arn:aws:iam::111122223333:user/alice", active: true },
      observed: { lastUsedAt: "2026-05-31T00:00:00.000Z", accessKeyId: "AKIANEW" },
    });
    expect(found[1]).toMatchObject({
      nativeId: "arn:aws:iam::111122223333:user/alice/access-key/2023-01-01T00:00:00",
      state: "Inactive",
      attributes: { active: false },
      observed: { lastUsedAt: null, accessKeyId: "AKIAOLD" },
    });
    expect(found).toHaveLength(2);
    expect(aws.asked).toEqual([...report, 'ListAccessKeys {"UserName":"alice"}']);
  });

  it("asks for nothing but the report while every key is young and used, or off", async ({ expect }) => {
    const aws = fakeAws(
      reportOf(
        row("alice", { active: true, rotated: "2026-03-03T08:00:00+00:00", used: "2026-04-17T08:00:00+00:00" }),
        row("bob", { active: true, rotated: "2026-04-17T08:00:00+00:00" }),
        row("carol", { active: false, rotated: "2020-01-01T00:00:00+00:00" }),
      ),
    );
    const found = await allOf(collector, aws, now);
    expect(found.map(({ observed }) => observed?.accessKeyId)).toEqual([null, null, null]);
    expect(aws.asked).toEqual(report);
  });

  it("asks for the id of a key that nobody uses", async ({ expect }) => {
    const aws = fakeAws({
      ...reportOf(
        row("alice", { active: true, rotated: "2026-03-15T00:00:00+00:00", used: "2026-04-17T07:59:59+00:00" }),
        row("bob", { active: true, rotated: "2026-04-17T07:59:59+00:00" }),
      ),
      ListAccessKeys: ({ UserName }) =>
        UserName === "alice"
          ? keys(["AKIAALICE", "Active", "2026-03-15T00:00:00Z"])
          : keys(["AKIABOB", "Active", "2026-04-17T07:59:59Z"]),
    });
    const found = await allOf(collector, aws, now);
    expect(found.map(({ observed }) => observed?.accessKeyId)).toEqual(["AKIAALICE", "AKIABOB"]);
  });

  it("knows that a key was switched off since the report", async ({ expect }) => {
    const aws = fakeAws({
      ...reportOf(row("alice", old)),
      ListAccessKeys: () => keys(["AKIAOLD", "Inactive", "2024-01-01T00:00:00Z"]),
    });
    expect(await allOf(collector, aws, now)).toMatchObject([{ state: "Inactive", attributes: { active: false } }]);
  });

  it("yields nothing when nobody has a key", async ({ expect }) => {
    const aws = fakeAws(reportOf(rootRow, row("nobody")));
    expect(await allOf(collector, aws, now)).toEqual([]);
    expect(aws.asked).toEqual(report);
  });

  it("finds a key that is newer than the report, and does not know its use", async ({ expect }) => {
    const aws = fakeAws({
      ...reportOf(row("alice", old)),
      ListAccessKeys: () =>
        keys(["AKIANEWER", "Active", "2026-06-01T07:00:00Z"], ["AKIAOLD", "Active", "2024-01-01T00:00:00Z"]),
    });
    expect(await allOf(collector, aws, now)).toMatchObject([
      { observed: { accessKeyId: "AKIAOLD" } },
      {
        nativeId: "arn:aws:iam::111122223333:user/alice/access-key/2026-06-01T07:00:00",
        createdAt: "2026-06-01T07:00:00.000Z",
        observed: { accessKeyId: "AKIANEWER", lastUsedAt: undefined },
      },
    ]);
  });

  it("leaves out a key that was replaced since the report", async ({ expect }) => {
    const aws = fakeAws({
      ...reportOf(row("alice", old)),
      ListAccessKeys: () => keys(["AKIANEWER", "Active", "2026-06-01T07:00:00Z"]),
    });
    expect((await allOf(collector, aws, now)).map(({ observed }) => observed?.accessKeyId)).toEqual(["AKIANEWER"]);
  });

  it("takes a left over key for the one the report dates otherwise", async ({ expect }) => {
    const aws = fakeAws({
      ...reportOf(row("alice", old)),
      ListAccessKeys: () => keys(["AKIAONE", "Active", "2023-12-01T00:00:00Z"]),
    });
    expect(await allOf(collector, aws, now)).toMatchObject([
      {
        nativeId: "arn:aws:iam::111122223333:user/alice/access-key/2024-01-01T00:00:00",
        observed: { accessKeyId: "AKIAONE", lastUsedAt: "2026-05-31T00:00:00.000Z" },
      },
    ]);
  });

  it("does not say which of two keys made at once is which", async ({ expect }) => {
    const aws = fakeAws({
      ...reportOf(row("alice", old, { active: true, rotated: old.rotated })),
      ListAccessKeys: () =>
        keys(["AKIAONE", "Active", "2024-01-01T00:00:00Z"], ["AKIATWO", "Active", "2024-01-01T00:00:00Z"]),
    });
    const found = await allOf(collector, aws, now);
    expect(found.map(({ nativeId }) => nativeId)).toEqual([
      "arn:aws:iam::111122223333:user/alice/access-key/2024-01-01T00:00:00",
      "arn:aws:iam::111122223333:user/alice/access-key/2024-01-01T00:00:00/2",
    ]);
    expect(found.map(({ observed }) => observed?.accessKeyId)).toEqual([null, null]);
  });

  it("takes a user who is gone since for one without keys", async ({ expect }) => {
    const aws = fakeAws({
      ...reportOf(row("alice", old)),
      ListAccessKeys: () => ({
        status: 404,
        body: errorXml("NoSuchEntity", "The user with name alice cannot be found."),
      }),
    });
    expect(await allOf(collector, aws, now)).toEqual([]);
    expect(aws.gaps).toEqual([]);
  });

  it("keeps the keys of the report when their ids are denied", async ({ expect }) => {
    const aws = fakeAws(reportOf(row("alice", old)));
    const [key] = await allOf(collector, aws, now);
    expect(key?.attributes.active).toBe(true);
    expect(key?.observed).toEqual({ lastUsedAt: "2026-05-31T00:00:00.000Z", accessKeyId: undefined });
    expect(aws.gaps).toEqual(["ListAccessKeys"]);
  });

  it("throws when there is no report, for the keys must not seem to be gone", async ({ expect }) => {
    const aws = fakeAws({ ListAccessKeys: () => keys() });
    await expect(allOf(collector, aws, now)).rejects.toBeInstanceOf(AwsFault);
  });
});

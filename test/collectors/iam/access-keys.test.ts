import { describe, it } from "vitest";
import { AwsFault } from "#aws/fault";
import { collector } from "#collectors/iam/access-keys";
import { allOf, collect, errorXml, fakeAws, type Wire } from "../../support/fake-aws.ts";
import { iamAnswer, reportOf, rootRow } from "./wire.ts";

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

describe("iam.accessKeys", () => {
  it("asks only for users to whom the report gives a key, and matches keys and slots by date", async ({ expect }) => {
    const aws = fakeAws({
      ...reportOf(
        rootRow.replace("true,false,N/A", "true,true,2020-01-01T00:00:00+00:00"),
        row("nobody"),
        row(
          "alice",
          { active: true, rotated: "2024-01-01T00:00:00+00:00", used: "2026-05-01T00:00:00+00:00" },
          { active: false, rotated: "2023-01-01T00:00:00+00:00" },
        ),
      ),
      ListAccessKeys: () =>
        keys(["AKIAOLD", "Inactive", "2023-01-01T00:00:00Z"], ["AKIANEW", "Active", "2024-01-01T00:00:00Z"]),
    });
    const found = await allOf(collector, aws);
    expect(found[1]).toEqual({
      nativeId: "AKIANEW",
      arn: null,
      name: "AKIANEW",
      state: "Active",
      tags: {},
      createdAt: "2024-01-01T00:00:00.000Z",
      region: null,
      attributes: { userName: "alice", active: true },
      observed: { lastUsedAt: "2026-05-01T00:00:00.000Z" },
    });
    expect(found[0]).toMatchObject({
      nativeId: "AKIAOLD",
      state: "Inactive",
      attributes: { active: false },
      observed: { lastUsedAt: null },
    });
    expect(aws.asked.filter((call) => call.startsWith("List"))).toEqual(['ListAccessKeys {"UserName":"alice"}']);
  });

  it("yields nothing when nobody has a key", async ({ expect }) => {
    expect(await collect(collector, fakeAws(reportOf(rootRow, row("nobody"))))).toEqual([]);
  });

  it("goes through many users a hundred at a time", async ({ expect }) => {
    const slot = { active: true, rotated: "2024-01-01T00:00:00+00:00" };
    const aws = fakeAws({
      ...reportOf(...Array.from({ length: 101 }, (_, at) => row(`user${at}`, slot))),
      ListAccessKeys: ({ UserName }) => keys([`AKIA${String(UserName)}`, "Active", "2024-01-01T00:00:00Z"]),
    });
    const pages = await collect(collector, aws);
    expect(pages.map((page) => page.length)).toEqual([100, 1]);
  });

  it("does not know the use of a key that is newer than the report", async ({ expect }) => {
    const aws = fakeAws({
      ...reportOf(
        row("alice", { active: true, rotated: "2024-01-01T00:00:00+00:00", used: "2026-05-01T00:00:00+00:00" }),
      ),
      ListAccessKeys: () => keys(["AKIANEWER", "Active", "2026-06-01T07:00:00Z"]),
    });
    expect((await allOf(collector, aws))[0]?.observed).toEqual({ lastUsedAt: undefined });
  });

  it("tells two keys made at once apart only when their use is the same", async ({ expect }) => {
    const uses = async (first: string, second: string) => {
      const rotated = "2024-01-01T00:00:00+00:00";
      const aws = fakeAws({
        ...reportOf(row("alice", { active: true, rotated, used: first }, { active: true, rotated, used: second })),
        ListAccessKeys: () =>
          keys(["AKIAONE", "Active", "2024-01-01T00:00:00Z"], ["AKIATWO", "Active", "2024-01-01T00:00:00Z"]),
      });
      return (await allOf(collector, aws)).map((key) => key.observed?.lastUsedAt);
    };
    expect(await uses("2026-05-01T00:00:00+00:00", "N/A")).toEqual([undefined, undefined]);
    expect(await uses("N/A", "N/A")).toEqual([null, null]);
  });

  it("takes the one slot for the one key although the report dates it otherwise", async ({ expect }) => {
    const aws = fakeAws({
      ...reportOf(
        row("alice", { active: true, rotated: "2025-01-01T00:00:00+00:00", used: "2026-05-01T00:00:00+00:00" }),
      ),
      ListAccessKeys: () => keys(["AKIAONE", "Active", "2024-01-01T00:00:00Z"]),
    });
    expect((await allOf(collector, aws))[0]?.observed).toEqual({ lastUsedAt: "2026-05-01T00:00:00.000Z" });
  });

  it("asks for every user when the report is denied", async ({ expect }) => {
    const aws = fakeAws({
      ListUsers: () =>
        iamAnswer(
          "ListUsers",
          "<Users><member><UserName>alice</UserName><Arn>arn:aws:iam::111122223333:user/alice</Arn></member></Users><IsTruncated>false</IsTruncated>",
        ),
      ListAccessKeys: () => keys(["AKIAONE", "Active", "2024-01-01T00:00:00Z"]),
    });
    const [key] = await allOf(collector, aws);
    expect(key).toMatchObject({ nativeId: "AKIAONE", attributes: { userName: "alice", active: true } });
    expect(key?.observed).toEqual({ lastUsedAt: undefined });
    expect(aws.gaps).toEqual(["GenerateCredentialReport", "GetCredentialReport"]);
  });

  it("takes a user who is gone since for one without keys", async ({ expect }) => {
    const aws = fakeAws({
      ...reportOf(row("alice", { active: true, rotated: "2024-01-01T00:00:00+00:00" })),
      ListAccessKeys: () => ({
        status: 404,
        body: errorXml("NoSuchEntity", "The user with name alice cannot be found."),
      }),
    });
    expect(await allOf(collector, aws)).toEqual([]);
    expect(aws.gaps).toEqual([]);
  });

  it("throws when the keys of a user are denied, for they must not seem to be gone", async ({ expect }) => {
    const aws = fakeAws(reportOf(row("alice", { active: true, rotated: "2024-01-01T00:00:00+00:00" })));
    await expect(allOf(collector, aws)).rejects.toBeInstanceOf(AwsFault);
  });
});

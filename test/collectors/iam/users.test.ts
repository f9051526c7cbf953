import { describe, it } from "vitest";
import { collector } from "#collectors/iam/users";
import { AwsFault } from "#aws/fault";
import { allOf, collect, fakeAws, type Wire } from "../../support/fake-aws.ts";
import { iamAnswer, reportOf, rootRow } from "./wire.ts";

const member = (name: string, path = "/", more = ""): string =>
  `<member><Path>${path}</Path><UserName>${name}</UserName><Arn>arn:aws:iam::111122223333:user${path}${name}</Arn><UserId>AIDA${name.toUpperCase()}</UserId><CreateDate>2024-01-01T00:00:00Z</CreateDate>${more}</member>`;
const users = (members: string, rest = "<IsTruncated>false</IsTruncated>"): string =>
  iamAnswer("ListUsers", `<Users>${members}</Users>${rest}`);
const noDevices = iamAnswer("ListVirtualMFADevices", "<IsTruncated>false</IsTruncated><VirtualMFADevices/>");
const device = (owner: string, serial: string): string =>
  `<member><SerialNumber>arn:aws:iam::111122223333:mfa/${serial}</SerialNumber><EnableDate>2024-01-02T00:00:00Z</EnableDate><User><Arn>arn:aws:iam::111122223333:${owner}</Arn></User></member>`;
const row = (name: string, created = "2024-01-01T00:00:00+00:00"): string =>
  `${name},arn:aws:iam::111122223333:user/${name},${created},true,2026-05-01T00:00:00+00:00,2025-01-01T00:00:00+00:00,N/A,false,true,2024-03-01T00:00:00+00:00,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A`;

describe("iam.users", () => {
  it("joins a user with its row and its virtual devices", async ({ expect }) => {
    const aws = fakeAws({
      ...reportOf(rootRow, row("alice")),
      ListUsers: () => users(member("alice")),
      ListVirtualMFADevices: () =>
        iamAnswer(
          "ListVirtualMFADevices",
          `<IsTruncated>false</IsTruncated><VirtualMFADevices>${device("root", "root")}${device("user/alice", "phone")}${device("user/alice", "laptop")}</VirtualMFADevices>`,
        ),
    });
    expect(await allOf(collector, aws)).toEqual([
      {
        nativeId: "arn:aws:iam::111122223333:user/alice",
        arn: "arn:aws:iam::111122223333:user/alice",
        name: "alice",
        state: null,
        tags: {},
        createdAt: "2024-01-01T00:00:00.000Z",
        region: null,
        attributes: {
          userId: "AIDAALICE",
          path: "/",
          passwordEnabled: true,
          passwordChangedAt: "2025-01-01T00:00:00.000Z",
          mfaActive: false,
          virtualMfaSerials: ["arn:aws:iam::111122223333:mfa/laptop", "arn:aws:iam::111122223333:mfa/phone"],
          accessKeys: [{ slot: 1, active: true, rotatedAt: "2024-03-01T00:00:00.000Z" }],
        },
        observed: {
          passwordLastUsedAt: "2026-05-01T00:00:00.000Z",
          accessKeysLastUsed: [{ slot: 1, at: null }],
        },
      },
    ]);
    expect(aws.asked).toContain('ListVirtualMFADevices {"AssignmentStatus":"Assigned","MaxItems":1000}');
    expect(aws.gaps).toEqual([]);
  });

  it("yields page by page", async ({ expect }) => {
    const aws = fakeAws({
      ...reportOf(row("alice"), row("bob"), row("carol")),
      ListUsers: ({ Marker }) =>
        Marker === "m2"
          ? users(member("carol"))
          : users(member("alice") + member("bob"), "<IsTruncated>true</IsTruncated><Marker>m2</Marker>"),
      ListVirtualMFADevices: () => noDevices,
    });
    const pages = await collect(collector, aws);
    expect(pages.map((page) => page.map((user) => user.name))).toEqual([["alice", "bob"], ["carol"]]);
    expect(aws.asked.filter((call) => call.startsWith("ListUsers"))).toEqual([
      'ListUsers {"MaxItems":1000}',
      'ListUsers {"MaxItems":1000,"Marker":"m2"}',
    ]);
  });

  it("finds nobody in an empty list", async ({ expect }) => {
    const empty = iamAnswer("ListUsers", "<IsTruncated>false</IsTruncated><Users/>");
    const aws = fakeAws({ ...reportOf(rootRow), ListUsers: () => empty, ListVirtualMFADevices: () => noDevices });
    expect(await allOf(collector, aws)).toEqual([]);
  });

  it("reads every page of the virtual devices", async ({ expect }) => {
    const page = (members: string, rest: string): string =>
      iamAnswer("ListVirtualMFADevices", `${rest}<VirtualMFADevices>${members}</VirtualMFADevices>`);
    const aws = fakeAws({
      ...reportOf(row("alice")),
      ListUsers: () => users(member("alice")),
      ListVirtualMFADevices: ({ Marker }) =>
        Marker === "d2"
          ? page(device("user/alice", "b"), "<IsTruncated>false</IsTruncated>")
          : page(device("user/alice", "a"), "<IsTruncated>true</IsTruncated><Marker>d2</Marker>"),
    });
    const [alice] = await allOf(collector, aws);
    expect(alice?.attributes.virtualMfaSerials).toHaveLength(2);
  });

  it("stops at a marker of virtual devices that repeats", async ({ expect }) => {
    const aws = fakeAws({
      ...reportOf(row("alice")),
      ListUsers: () => users(member("alice")),
      ListVirtualMFADevices: () =>
        iamAnswer("ListVirtualMFADevices", "<IsTruncated>true</IsTruncated><Marker>same</Marker><VirtualMFADevices/>"),
    });
    const [alice] = await allOf(collector, aws);
    expect(alice?.attributes.virtualMfaSerials).toBeUndefined();
  });

  it("asks for each user's devices when the report is denied", async ({ expect }) => {
    const aws = fakeAws({
      ListUsers: () =>
        users(member("alice", "/", "<PasswordLastUsed>2026-05-05T05:05:05Z</PasswordLastUsed>") + member("bob")),
      ListVirtualMFADevices: () => noDevices,
      ListMFADevices: ({ UserName }): Wire =>
        iamAnswer(
          "ListMFADevices",
          UserName === "alice"
            ? "<MFADevices><member><UserName>alice</UserName><SerialNumber>GAHT12345678</SerialNumber><EnableDate>2024-01-02T00:00:00Z</EnableDate></member></MFADevices>"
            : "<MFADevices/>",
        ),
    });
    const [alice, bob] = await allOf(collector, aws);
    expect(alice?.attributes).toMatchObject({ passwordEnabled: undefined, accessKeys: undefined, mfaActive: true });
    expect(alice?.observed).toEqual({ passwordLastUsedAt: "2026-05-05T05:05:05.000Z", accessKeysLastUsed: undefined });
    expect(bob?.attributes.mfaActive).toBe(false);
    expect(aws.gaps).toEqual(["GenerateCredentialReport", "GetCredentialReport"]);
  });

  it("leaves open what no follow-up tells, and keeps the users", async ({ expect }) => {
    const aws = fakeAws({ ListUsers: () => users(member("alice")) });
    const [alice] = await allOf(collector, aws);
    expect(alice?.name).toBe("alice");
    expect(alice?.attributes).toMatchObject({ mfaActive: undefined, virtualMfaSerials: undefined });
    expect(aws.gaps).toEqual([
      "GenerateCredentialReport",
      "GetCredentialReport",
      "ListVirtualMFADevices",
      "ListMFADevices",
    ]);
  });

  it("does not take over the row of an earlier user of the same name", async ({ expect }) => {
    const aws = fakeAws({
      ...reportOf(row("alice", "2020-01-01T00:00:00+00:00")),
      ListUsers: () => users(member("alice")),
      ListVirtualMFADevices: () => noDevices,
      ListMFADevices: () => iamAnswer("ListMFADevices", "<MFADevices/>"),
    });
    const [alice] = await allOf(collector, aws);
    expect(alice?.attributes).toMatchObject({ passwordEnabled: undefined, mfaActive: false });
  });

  it("takes the later of two dates of last use", async ({ expect }) => {
    const aws = fakeAws({
      ...reportOf(row("alice")),
      ListUsers: () => users(member("alice", "/", "<PasswordLastUsed>2026-06-01T07:00:00Z</PasswordLastUsed>")),
      ListVirtualMFADevices: () => noDevices,
    });
    const [alice] = await allOf(collector, aws);
    expect(alice?.observed?.passwordLastUsedAt).toBe("2026-06-01T07:00:00.000Z");
  });

  it("throws when the list itself is denied", async ({ expect }) => {
    await expect(allOf(collector, fakeAws(reportOf(rootRow)))).rejects.toBeInstanceOf(AwsFault);
  });
});

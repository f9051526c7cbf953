import { describe, it } from "vitest";
import { collector } from "#collectors/iam/accounts";
import { allOf, fakeAws } from "../../support/fake-aws.ts";
import { iamAnswer, reportOf, rootRow } from "./wire.ts";

const summary = (figures: Readonly<Record<string, number>>): string =>
  iamAnswer(
    "GetAccountSummary",
    `<SummaryMap>${Object.entries(figures)
      .map(([key, value]) => `<entry><key>${key}</key><value>${value}</value></entry>`)
      .join("")}</SummaryMap>`,
  );
const devices = (members: string): string =>
  iamAnswer(
    "ListVirtualMFADevices",
    `<IsTruncated>false</IsTruncated><VirtualMFADevices>${members}</VirtualMFADevices>`,
  );
const usedRoot =
  "<root_account>,arn:aws:iam::111122223333:root,2019-03-01T08:00:00+00:00,true,N/A,2019-03-01T08:00:00+00:00,not_supported,false,true,2020-01-01T00:00:00+00:00,2026-05-01T00:00:00+00:00,us-east-1,iam,true,2020-01-01T00:00:00+00:00,2026-05-02T00:00:00+00:00,us-east-1,s3,false,N/A,false,N/A";

describe("iam.accounts", () => {
  it("is one resource of the summary and the report's root row", async ({ expect }) => {
    const aws = fakeAws({
      ...reportOf(rootRow),
      GetAccountSummary: () =>
        summary({ Users: 31, AccountMFAEnabled: 1, AccountAccessKeysPresent: 0, AccountPasswordPresent: 1 }),
      ListVirtualMFADevices: () =>
        devices(
          "<member><SerialNumber>arn:aws:iam::111122223333:mfa/root-account-mfa-device</SerialNumber><User><UserId>111122223333</UserId><Arn>arn:aws:iam::111122223333:root</Arn></User></member>",
        ),
      GetAlternateContact: () =>
        '{"AlternateContact":{"AlternateContactType":"SECURITY","EmailAddress":"security@example.com","Name":"A","PhoneNumber":"1","Title":"B"}}',
    });
    expect(await allOf(collector, aws)).toEqual([
      {
        nativeId: "arn:aws:iam::111122223333:root",
        arn: "arn:aws:iam::111122223333:root",
        name: null,
        state: null,
        tags: {},
        createdAt: null,
        region: null,
        costMonthly: 0,
        attributes: {
          accessKeysPresent: false,
          mfaEnabled: true,
          passwordPresent: true,
          virtualMfaSerials: ["arn:aws:iam::111122223333:mfa/root-account-mfa-device"],
          securityContactEmail: "security@example.com",
        },
        observed: { passwordLastUsedAt: "2026-01-05T10:11:12.000Z", accessKeyLastUsedAt: null },
      },
    ]);
    expect(aws.asked).toEqual([
      "GetAccountSummary",
      "GenerateCredentialReport",
      "GetCredentialReport",
      'ListVirtualMFADevices {"AssignmentStatus":"Assigned","MaxItems":1000}',
      'GetAlternateContact {"AlternateContactType":"SECURITY"}',
    ]);
  });

  it("tells a missing security contact and root device from unread ones", async ({ expect }) => {
    const [none] = await allOf(
      collector,
      fakeAws({
        ListVirtualMFADevices: () => devices(""),
        GetAlternateContact: () => ({
          status: 404,
          body: '{"__type":"ResourceNotFoundException","message":"No contact of the inputted alternate contact type found."}',
        }),
      }),
    );
    expect(none?.attributes).toMatchObject({ virtualMfaSerials: [], securityContactEmail: null });
    const aws = fakeAws({});
    const [unread] = await allOf(collector, aws);
    expect(unread?.attributes).toMatchObject({ virtualMfaSerials: undefined, securityContactEmail: undefined });
    expect(aws.gaps).toContain("GetAlternateContact");
    expect(aws.gaps).toContain("ListVirtualMFADevices");
  });

  it("takes the password from the report when the summary does not tell, and the later use of two keys", async ({
    expect,
  }) => {
    const aws = fakeAws({
      ...reportOf(usedRoot),
      GetAccountSummary: () => summary({ AccountMFAEnabled: 0, AccountAccessKeysPresent: 2 }),
    });
    const [account] = await allOf(collector, aws);
    expect(account?.attributes).toMatchObject({ accessKeysPresent: true, mfaEnabled: false, passwordPresent: true });
    expect(account?.observed).toEqual({ passwordLastUsedAt: null, accessKeyLastUsedAt: "2026-05-02T00:00:00.000Z" });
  });

  it("does not read `not_supported` as having no password", async ({ expect }) => {
    const aws = fakeAws({ ...reportOf(rootRow), GetAccountSummary: () => summary({ AccountMFAEnabled: 0 }) });
    const [account] = await allOf(collector, aws);
    expect(account?.attributes).toMatchObject({
      accessKeysPresent: undefined,
      mfaEnabled: false,
      passwordPresent: null,
    });
  });

  it("keeps what the report says when the summary is denied", async ({ expect }) => {
    const aws = fakeAws(reportOf(usedRoot));
    const [account] = await allOf(collector, aws);
    expect(account?.attributes).toMatchObject({
      accessKeysPresent: undefined,
      mfaEnabled: undefined,
      passwordPresent: true,
    });
    expect(aws.gaps[0]).toBe("GetAccountSummary");
  });

  it("keeps what the summary says when the report is denied or has no root row", async ({ expect }) => {
    const GetAccountSummary = () => summary({ AccountMFAEnabled: 1, AccountAccessKeysPresent: 0 });
    const [denied] = await allOf(collector, fakeAws({ GetAccountSummary }));
    expect(denied?.attributes).toMatchObject({
      accessKeysPresent: false,
      mfaEnabled: true,
      passwordPresent: undefined,
    });
    expect(denied?.observed).toEqual({ passwordLastUsedAt: undefined, accessKeyLastUsedAt: undefined });
    const [rootless] = await allOf(collector, fakeAws({ ...reportOf(), GetAccountSummary }));
    expect(rootless?.attributes.passwordPresent).toBeNull();
    expect(rootless?.observed).toEqual({ passwordLastUsedAt: undefined, accessKeyLastUsedAt: undefined });
  });
});

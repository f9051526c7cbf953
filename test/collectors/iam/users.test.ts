import { describe, it } from "vitest";
import { AwsFault } from "#aws/fault";
import { collector as groups } from "#collectors/iam/groups";
import { collector as policies } from "#collectors/iam/policies";
import { collector as roles } from "#collectors/iam/roles";
import { collector } from "#collectors/iam/users";
import { allOf, collect, fakeAws } from "../../support/fake-aws.ts";
import {
  adminArn,
  askedDetails,
  attached,
  details,
  documentOf,
  fullAdmin,
  fullAdminRead,
  groupMember,
  iamAnswer,
  inline,
  longDetails,
  reportOf,
  rootRow,
} from "./wire.ts";

const member = (name: string, path = "/", more = ""): string =>
  `<member><Path>${path}</Path><UserName>${name}</UserName><Arn>arn:aws:iam::111122223333:user${path}${name}</Arn><UserId>AIDA${name.toUpperCase()}</UserId><CreateDate>2024-01-01T00:00:00Z</CreateDate>${more}</member>`;
const device = (owner: string, serial: string): string =>
  `<member><SerialNumber>arn:aws:iam::111122223333:mfa/${serial}</SerialNumber><EnableDate>2024-01-02T00:00:00Z</EnableDate><User><Arn>arn:aws:iam::111122223333:${owner}</Arn></User></member>`;
const devices = (members = "", rest = "<IsTruncated>false</IsTruncated>"): string =>
  iamAnswer("ListVirtualMFADevices", `${rest}<VirtualMFADevices>${members}</VirtualMFADevices>`);
const row = (name: string, created = "2024-01-01T00:00:00+00:00"): string =>
  `${name},arn:aws:iam::111122223333:user/${name},${created},true,2026-05-01T00:00:00+00:00,2025-01-01T00:00:00+00:00,N/A,false,true,2024-03-01T00:00:00+00:00,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A`;
const askedDevices = 'ListVirtualMFADevices {"AssignmentStatus":"Assigned","MaxItems":1000}';

describe("iam.users", () => {
  it("joins a user with its row, its devices, its groups and what it may do, in four calls", async ({ expect }) => {
    const own = "arn:aws:iam::111122223333:policy/deploy";
    const more = [
      "<Tags><member><Key>team</Key><Value>core</Value></member></Tags>",
      "<GroupList><member>ops</member><member>admins</member></GroupList>",
      `<PermissionsBoundary><PermissionsBoundaryType>Policy</PermissionsBoundaryType><PermissionsBoundaryArn>${own}</PermissionsBoundaryArn></PermissionsBoundary>`,
      inline("UserPolicyList", ["z", documentOf(fullAdmin)], ["a", "no policy"]),
      attached(adminArn, own),
    ].join("");
    const aws = fakeAws({
      ...reportOf(rootRow, row("alice")),
      GetAccountAuthorizationDetails: () =>
        details({ users: member("alice", "/", more), groups: groupMember("admins", "/x/") + groupMember("ops") }),
      ListVirtualMFADevices: () =>
        devices(device("root", "root") + device("user/alice", "phone") + device("user/alice", "laptop")),
    });
    expect(await allOf(collector, aws)).toEqual([
      {
        nativeId: "arn:aws:iam::111122223333:user/alice",
        arn: "arn:aws:iam::111122223333:user/alice",
        name: "alice",
        state: null,
        tags: { team: "core" },
        createdAt: "2024-01-01T00:00:00.000Z",
        region: null,
        costMonthly: 0,
        relations: [
          { kind: "memberOf", resourceType: "AWS::IAM::Group", target: "arn:aws:iam::111122223333:group/ops" },
          { kind: "memberOf", resourceType: "AWS::IAM::Group", target: "arn:aws:iam::111122223333:group/x/admins" },
          { kind: "has", resourceType: "AWS::IAM::ManagedPolicy", target: own },
          { kind: "has", resourceType: "AWS::IAM::ManagedPolicy", target: adminArn },
        ],
        attributes: {
          userId: "AIDAALICE",
          path: "/",
          passwordEnabled: true,
          passwordChangedAt: "2025-01-01T00:00:00.000Z",
          mfaActive: false,
          virtualMfaSerials: ["arn:aws:iam::111122223333:mfa/laptop", "arn:aws:iam::111122223333:mfa/phone"],
          accessKeys: [{ slot: 1, active: true, rotatedAt: "2024-03-01T00:00:00.000Z" }],
          groups: ["admins", "ops"],
          managedPolicyArns: [own, adminArn],
          inlinePolicies: [
            { name: "a", statements: undefined },
            { name: "z", statements: [fullAdminRead] },
          ],
          permissionsBoundaryArn: own,
        },
        observed: {
          passwordLastUsedAt: "2026-05-01T00:00:00.000Z",
          accessKeysLastUsed: [{ slot: 1, at: null }],
        },
      },
    ]);
    expect(aws.asked).toEqual([askedDetails, "GenerateCredentialReport", "GetCredentialReport", askedDevices]);
    expect(aws.calls[0]?.request).toBe(
      "Action=GetAccountAuthorizationDetails&Filter.member.1=User&Filter.member.2=Role&Filter.member.3=Group&Filter.member.4=LocalManagedPolicy&MaxItems=1000",
    );
    expect(aws.gaps).toEqual([]);
  });

  it("takes a user with nothing", async ({ expect }) => {
    const aws = fakeAws({
      ...reportOf(row("alice")),
      GetAccountAuthorizationDetails: () =>
        details({ users: member("alice", "/", "<UserPolicyList/><GroupList/><AttachedManagedPolicies/><Tags/>") }),
      ListVirtualMFADevices: () => devices(),
    });
    const [alice] = await allOf(collector, aws);
    expect(alice).toMatchObject({ tags: {}, relations: [] });
    expect(alice?.attributes).toMatchObject({
      virtualMfaSerials: [],
      groups: [],
      managedPolicyArns: [],
      inlinePolicies: [],
      permissionsBoundaryArn: null,
    });
  });

  it("finds nobody with one call", async ({ expect }) => {
    const aws = fakeAws({ GetAccountAuthorizationDetails: () => details({ groups: groupMember("admins") }) });
    expect(await allOf(collector, aws)).toEqual([]);
    expect(aws.asked).toEqual([askedDetails]);
  });

  it("asks for each page once for all four collectors of the details", async ({ expect }) => {
    const aws = fakeAws({
      ...reportOf(row("alice"), row("bob")),
      GetAccountAuthorizationDetails: ({ Marker }) =>
        Marker === "m2" ? details({ users: member("bob") }) : details({ users: member("alice") }, "m2"),
      ListVirtualMFADevices: () => devices(),
    });
    const users = await collect(collector, aws);
    await Promise.all([collect(roles, aws), collect(groups, aws), collect(policies, aws)]);
    expect(users.map((page) => page.map(({ name }) => name))).toEqual([["alice"], ["bob"]]);
    expect(aws.asked).toEqual([
      askedDetails,
      askedDetails.replace("}", ',"Marker":"m2"}'),
      "GenerateCredentialReport",
      "GetCredentialReport",
      askedDevices,
    ]);
  });

  it("goes along its own kind in a long account, and reads the groups once", async ({ expect }) => {
    const aws = fakeAws({
      ...reportOf(row("alice")),
      GetAccountAuthorizationDetails: longDetails({
        users: member("alice", "/", "<GroupList><member>admins</member></GroupList>"),
        groups: groupMember("admins"),
      }),
      ListVirtualMFADevices: () => devices(),
    });
    const [alice] = await allOf(collector, aws);
    expect(alice?.relations).toEqual([
      { kind: "memberOf", resourceType: "AWS::IAM::Group", target: "arn:aws:iam::111122223333:group/admins" },
    ]);
    expect((await allOf(groups, aws)).map(({ name }) => name)).toEqual(["admins"]);
    const own = aws.asked.filter((call) => /"Filter":\["\w+"\]/.test(call));
    expect(own).toEqual(
      ["User", "Group"].flatMap((kind) => [
        `GetAccountAuthorizationDetails {"Filter":["${kind}"],"MaxItems":1000}`,
        `GetAccountAuthorizationDetails {"Filter":["${kind}"],"MaxItems":1000,"Marker":"1"}`,
      ]),
    );
    expect(aws.asked.filter((call) => call.includes('"LocalManagedPolicy"'))).toHaveLength(4);
  });

  it("throws when the markers never end", async ({ expect }) => {
    const aws = fakeAws({ GetAccountAuthorizationDetails: () => details({}, "same") });
    await expect(allOf(collector, aws)).rejects.toThrow("REPEATED_PAGE");
  });

  it("reads every page of the virtual devices", async ({ expect }) => {
    const aws = fakeAws({
      ...reportOf(row("alice")),
      GetAccountAuthorizationDetails: () => details({ users: member("alice") }),
      ListVirtualMFADevices: ({ Marker }) =>
        Marker === "d2"
          ? devices(device("user/alice", "b"))
          : devices(device("user/alice", "a"), "<IsTruncated>true</IsTruncated><Marker>d2</Marker>"),
    });
    const [alice] = await allOf(collector, aws);
    expect(alice?.attributes.virtualMfaSerials).toHaveLength(2);
  });

  it("leaves open what could not be read, and keeps the users", async ({ expect }) => {
    const aws = fakeAws({ GetAccountAuthorizationDetails: () => details({ users: member("alice") }) });
    const [alice] = await allOf(collector, aws);
    expect(alice?.name).toBe("alice");
    expect(alice?.attributes).toMatchObject({
      passwordEnabled: undefined,
      accessKeys: undefined,
      mfaActive: undefined,
      virtualMfaSerials: undefined,
    });
    expect(alice?.observed).toEqual({ passwordLastUsedAt: undefined, accessKeysLastUsed: undefined });
    expect(aws.gaps).toEqual(["GenerateCredentialReport", "GetCredentialReport", "ListVirtualMFADevices"]);
  });

  it("takes a virtual device for MFA where the report does not tell", async ({ expect }) => {
    const aws = fakeAws({
      GetAccountAuthorizationDetails: () => details({ users: member("alice") + member("bob") }),
      ListVirtualMFADevices: () => devices(device("user/alice", "phone")),
    });
    const found = await allOf(collector, aws);
    expect(found.map(({ attributes }) => attributes.mfaActive)).toEqual([true, undefined]);
  });

  it("does not take over the row of an earlier user of the same name", async ({ expect }) => {
    const aws = fakeAws({
      ...reportOf(row("alice", "2020-01-01T00:00:00+00:00")),
      GetAccountAuthorizationDetails: () => details({ users: member("alice") }),
      ListVirtualMFADevices: () => devices(),
    });
    const [alice] = await allOf(collector, aws);
    expect(alice?.attributes).toMatchObject({ passwordEnabled: undefined, mfaActive: undefined });
  });

  it("throws when the list is denied, or is none", async ({ expect }) => {
    await expect(allOf(collector, fakeAws(reportOf(rootRow)))).rejects.toBeInstanceOf(AwsFault);
    const odd = fakeAws({ GetAccountAuthorizationDetails: () => iamAnswer("GetAccountAuthorizationDetails", "") });
    await expect(allOf(collector, odd)).rejects.toThrow();
  });
});

import { describe, it } from "vitest";
import { AwsFault } from "#aws/fault";
import { collector } from "#collectors/iam/roles";
import { allOf, fakeAws } from "../../support/fake-aws.ts";
import {
  adminArn,
  askedDetails,
  attached,
  details,
  documentOf,
  fullAdmin,
  fullAdminRead,
  inline,
  longDetails,
} from "./wire.ts";

const member = (name: string, trust: string, more = "<RoleLastUsed/>"): string =>
  `<member><Path>/</Path><RoleName>${name}</RoleName><RoleId>AROA${name.toUpperCase()}</RoleId><Arn>arn:aws:iam::111122223333:role/${name}</Arn><CreateDate>2024-01-01T00:00:00Z</CreateDate><AssumeRolePolicyDocument>${trust}</AssumeRolePolicyDocument>${more}</member>`;
const letsIn = (principal: unknown, more: object = {}): object => ({
  Effect: "Allow",
  Principal: principal,
  Action: "sts:AssumeRole",
  ...more,
});
const rolesOf = (...members: readonly string[]) =>
  fakeAws({ GetAccountAuthorizationDetails: () => details({ roles: members.join("") }) });

describe("iam.roles", () => {
  it("tells who may assume a role, what it may do and when it was used", async ({ expect }) => {
    const profile =
      "<InstanceProfileList><member><Path>/</Path><InstanceProfileName>web</InstanceProfileName><InstanceProfileId>AIPAWEB</InstanceProfileId><Arn>arn:aws:iam::111122223333:instance-profile/web</Arn><CreateDate>2024-01-01T00:00:00Z</CreateDate><Roles/></member></InstanceProfileList>";
    const more = [
      profile,
      inline("RolePolicyList", ["all", documentOf(fullAdmin)]),
      attached(adminArn),
      "<PermissionsBoundary><PermissionsBoundaryType>Policy</PermissionsBoundaryType><PermissionsBoundaryArn>arn:aws:iam::aws:policy/PowerUserAccess</PermissionsBoundaryArn></PermissionsBoundary>",
      "<Tags><member><Key>env</Key><Value>prod</Value></member></Tags>",
      "<RoleLastUsed><LastUsedDate>2026-05-01T10:00:00Z</LastUsedDate><Region>eu-west-1</Region></RoleLastUsed>",
    ].join("");
    const aws = rolesOf(member("web", documentOf(letsIn({ Service: "ec2.amazonaws.com" })), more));
    expect(await allOf(collector, aws)).toEqual([
      {
        nativeId: "arn:aws:iam::111122223333:role/web",
        arn: "arn:aws:iam::111122223333:role/web",
        name: "web",
        state: null,
        tags: { env: "prod" },
        createdAt: "2024-01-01T00:00:00.000Z",
        region: null,
        costMonthly: 0,
        relations: [
          { kind: "has", resourceType: "AWS::IAM::ManagedPolicy", target: adminArn },
          { kind: "trusts", resourceType: "AWS::::Service", target: "ec2.amazonaws.com" },
        ],
        attributes: {
          roleId: "AROAWEB",
          path: "/",
          trustPolicy: [
            {
              ...fullAdminRead,
              principals: { Service: ["ec2.amazonaws.com"] },
              actions: ["sts:AssumeRole"],
              resources: [],
            },
          ],
          managedPolicyArns: [adminArn],
          inlinePolicies: [{ name: "all", statements: [fullAdminRead] }],
          permissionsBoundaryArn: "arn:aws:iam::aws:policy/PowerUserAccess",
          instanceProfileArns: ["arn:aws:iam::111122223333:instance-profile/web"],
        },
        observed: { lastUsedAt: "2026-05-01T10:00:00.000Z", lastUsedRegion: "eu-west-1" },
      },
    ]);
    expect(aws.asked).toEqual([askedDetails]);
  });

  it("takes a role with nothing, its policy written plainly", async ({ expect }) => {
    const plain = JSON.stringify({ Statement: letsIn({ AWS: "111122223333" }) }).replaceAll('"', "&quot;");
    const [role] = await allOf(collector, rolesOf(member("idle", plain)));
    expect(role?.attributes).toMatchObject({
      trustPolicy: [{ principals: { AWS: ["111122223333"] } }],
      managedPolicyArns: [],
      inlinePolicies: [],
      permissionsBoundaryArn: null,
      instanceProfileArns: [],
    });
    expect(role?.observed).toEqual({ lastUsedAt: null, lastUsedRegion: null });
  });

  it("knows every kind of principal, each once", async ({ expect }) => {
    const trust = documentOf(
      letsIn({
        AWS: [
          "444455556666",
          "arn:aws:iam::444455556666:root",
          "arn:aws:iam::444455556666:role/ci/deploy",
          "arn:aws:iam::444455556666:user/bob",
          "AROAGONEGONEGONEGONE1",
          "*",
        ],
      }),
      letsIn({
        Federated: [
          "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com",
          "arn:aws:iam::111122223333:saml-provider/okta",
          "cognito-identity.amazonaws.com",
        ],
      }),
      { ...letsIn({ Service: "lambda.amazonaws.com" }), Effect: "Deny" },
      letsIn("*"),
    );
    const [role] = await allOf(collector, rolesOf(member("open", trust)));
    expect(role?.relations?.map(({ kind, resourceType, target }) => [kind, resourceType, target])).toEqual([
      ["trusts", "AWS::::Account", "arn:aws:iam::444455556666:root"],
      ["trusts", "AWS::IAM::Role", "arn:aws:iam::444455556666:role/ci/deploy"],
      ["trusts", "AWS::IAM::User", "arn:aws:iam::444455556666:user/bob"],
      [
        "trusts",
        "AWS::IAM::OIDCProvider",
        "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com",
      ],
      ["trusts", "AWS::IAM::SAMLProvider", "arn:aws:iam::111122223333:saml-provider/okta"],
      ["trusts", "AWS::::Service", "cognito-identity.amazonaws.com"],
    ]);
  });

  it("leaves a trust policy open that cannot be read", async ({ expect }) => {
    const [role] = await allOf(collector, rolesOf(member("odd", "%7Bnot+json")));
    expect(role?.attributes.trustPolicy).toBeUndefined();
    expect(role?.relations).toEqual([]);
  });

  it("goes along the roles alone in a long account", async ({ expect }) => {
    const trust = documentOf(letsIn({ Service: "ec2.amazonaws.com" }));
    const aws = fakeAws({ GetAccountAuthorizationDetails: longDetails({ roles: member("web", trust) }) });
    expect((await allOf(collector, aws)).map(({ name }) => name)).toEqual(["web"]);
    expect(aws.asked.at(-1)).toBe('GetAccountAuthorizationDetails {"Filter":["Role"],"MaxItems":1000,"Marker":"1"}');
  });

  it("throws when the list is denied", async ({ expect }) => {
    await expect(allOf(collector, fakeAws({}))).rejects.toBeInstanceOf(AwsFault);
  });
});

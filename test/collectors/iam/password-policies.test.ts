import { describe, it } from "vitest";
import { collector } from "#collectors/iam/password-policies";
import { allOf, errorXml, fakeAws } from "../../support/fake-aws.ts";
import { iamAnswer } from "./wire.ts";

const policy = (members: string): string =>
  iamAnswer("GetAccountPasswordPolicy", `<PasswordPolicy>${members}</PasswordPolicy>`);

describe("iam.passwordPolicies", () => {
  it("reads a full policy", async ({ expect }) => {
    const GetAccountPasswordPolicy = () =>
      policy(
        "<AllowUsersToChangePassword>true</AllowUsersToChangePassword><RequireUppercaseCharacters>true</RequireUppercaseCharacters><RequireSymbols>true</RequireSymbols><ExpirePasswords>true</ExpirePasswords><PasswordReusePrevention>24</PasswordReusePrevention><RequireLowercaseCharacters>true</RequireLowercaseCharacters><MaxPasswordAge>90</MaxPasswordAge><HardExpiry>false</HardExpiry><RequireNumbers>true</RequireNumbers><MinimumPasswordLength>14</MinimumPasswordLength>",
      );
    expect(await allOf(collector, fakeAws({ GetAccountPasswordPolicy }))).toEqual([
      {
        nativeId: "password-policy",
        arn: null,
        name: null,
        state: null,
        tags: {},
        createdAt: null,
        region: null,
        costMonthly: 0,
        attributes: {
          policy: {
            minimumLength: 14,
            requireSymbols: true,
            requireNumbers: true,
            requireUppercase: true,
            requireLowercase: true,
            allowUsersToChange: true,
            reusePrevention: 24,
            maxAgeDays: 90,
          },
        },
      },
    ]);
  });

  it("reads what is left out, empty or 0 as not set", async ({ expect }) => {
    const GetAccountPasswordPolicy = () =>
      policy(
        "<MinimumPasswordLength>6</MinimumPasswordLength><RequireSymbols>false</RequireSymbols><MaxPasswordAge>0</MaxPasswordAge><PasswordReusePrevention/>",
      );
    const [found] = await allOf(collector, fakeAws({ GetAccountPasswordPolicy }));
    expect(found?.attributes.policy).toMatchObject({
      minimumLength: 6,
      requireSymbols: false,
      requireNumbers: false,
      reusePrevention: null,
      maxAgeDays: null,
    });
  });

  it("says so when there is no policy", async ({ expect }) => {
    const aws = fakeAws({
      GetAccountPasswordPolicy: () => ({
        status: 404,
        body: errorXml("NoSuchEntity", "The Password Policy with domain name 111122223333 cannot be found."),
      }),
    });
    const [found] = await allOf(collector, aws);
    expect(found?.attributes).toEqual({ policy: null });
    expect(aws.gaps).toEqual([]);
  });

  it("leaves the policy unknown when it is denied", async ({ expect }) => {
    const aws = fakeAws({});
    const [found] = await allOf(collector, aws);
    expect(found?.attributes).toEqual({ policy: undefined });
    expect(aws.gaps).toEqual(["GetAccountPasswordPolicy"]);
  });
});

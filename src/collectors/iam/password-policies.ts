import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { Collector } from "#collectors/collector";
import { toggle } from "#collectors/xml";

/** Rules for the console passwords of IAM users. */
export interface PasswordPolicy {
  readonly minimumLength: number;
  readonly requireSymbols: boolean;
  readonly requireNumbers: boolean;
  readonly requireUppercase: boolean;
  readonly requireLowercase: boolean;
  readonly allowUsersToChange: boolean;
  /** Past passwords that may not be used again; null: any may. */
  readonly reusePrevention: number | null;
  /** null: passwords do not expire. */
  readonly maxAgeDays: number | null;
}

export interface AccountPasswordPolicy {
  /** null: the account has none of its own, so that AWS's default holds. */
  readonly policy: PasswordPolicy | null | undefined;
}

const getAccountPasswordPolicy: Operation = { service: "iam", action: "GetAccountPasswordPolicy" };

/** A policy leaves out what it does not set; 0 sets nothing either. */
const count = z
  .string()
  .optional()
  .pipe(z.coerce.number<string | undefined>().or(z.undefined().transform(() => 0)))
  .transform((figure) => (figure > 0 ? figure : null));

const Answer = z.object({
  PasswordPolicy: z
    .object({
      MinimumPasswordLength: z.coerce.number(),
      RequireSymbols: toggle,
      RequireNumbers: toggle,
      RequireUppercaseCharacters: toggle,
      RequireLowercaseCharacters: toggle,
      AllowUsersToChangePassword: toggle,
      PasswordReusePrevention: count,
      MaxPasswordAge: count,
    })
    .transform((policy): PasswordPolicy => ({
      minimumLength: policy.MinimumPasswordLength,
      requireSymbols: policy.RequireSymbols,
      requireNumbers: policy.RequireNumbers,
      requireUppercase: policy.RequireUppercaseCharacters,
      requireLowercase: policy.RequireLowercaseCharacters,
      allowUsersToChange: policy.AllowUsersToChangePassword,
      reusePrevention: policy.PasswordReusePrevention,
      maxAgeDays: policy.MaxPasswordAge,
    })),
});

/** Source: IAM API 2010-05-08, GetAccountPasswordPolicy; NoSuchEntity says that there is none. One resource. */
export const collector: Collector<AccountPasswordPolicy> = {
  id: "iam.passwordPolicies",
  service: "iam",
  resourceType: "AWS::IAM::AccountPasswordPolicy",
  scope: "global",
  actions: ["iam:GetAccountPasswordPolicy"],
  async *list({ aws }) {
    const answer = await aws.attempt(getAccountPasswordPolicy, {}, ["NoSuchEntity"]);
    yield [
      {
        nativeId: "password-policy",
        arn: null,
        name: null,
        state: null,
        tags: {},
        createdAt: null,
        region: null,
        costMonthly: 0,
        attributes: { policy: answer === null || answer === undefined ? answer : Answer.parse(answer).PasswordPolicy },
      },
    ];
  },
};

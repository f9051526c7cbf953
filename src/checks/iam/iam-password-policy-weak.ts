import type { PasswordPolicy } from "#collectors/iam/password-policies";
import type { FoundBy } from "#collectors/registry";
import type { About, Check, Examples } from "#checks/check";

interface Params {
  readonly minLength: number;
  /** How many past passwords must be refused. */
  readonly reuse: number;
  readonly maxAgeDays: number;
}

export const check: Check<"iam.passwordPolicies", Params, "iam.users"> = {
  id: "iam_password_policy_weak",
  severity: "medium",
  category: "security",
  domain: "identity",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["iam.passwordPolicies"],
  reads: ["iam.users"],
  condense: {
    "iam.passwordPolicies": ({ attributes: { policy } }) => ({ policy }),
    "iam.users": ({ attributes: { passwordEnabled } }) => ({ passwordEnabled }),
  },
  decisive: ["failed"],
  params: { minLength: 14, reuse: 24, maxAgeDays: 90 },
  /** Length and reuse decide; the other shortcomings are named because older frameworks ask for them. */
  judge({ attributes: { policy } }, { params, others }) {
    if (policy === undefined) return { status: "unknown", reason: "iam:GetAccountPasswordPolicy could not be read" };
    const failed = shortcomings(policy, params);
    if (!failed.includes("length") && !failed.includes("reuse")) return { status: "pass" };
    const noPasswords = others("iam.users").every((user) => user.attributes.passwordEnabled === false);
    return {
      status: "fail",
      severity: noPasswords ? "low" : "medium",
      variants: failed.filter((name) => mapped.has(name)),
      summary: policy
        ? `The password policy asks for ${policy.minimumLength} characters and remembers ${policy.reusePrevention ?? 0} passwords.`
        : "The account has no password policy of its own.",
      details: {
        failed,
        minimumLength: policy?.minimumLength ?? null,
        reusePrevention: policy?.reusePrevention ?? null,
        maxAgeDays: policy?.maxAgeDays ?? null,
      },
      evidence: [{ call: "iam:GetAccountPasswordPolicy", field: "PasswordPolicy", value: policy }],
    };
  },
};

/** Shortcomings that are variants of the check; the others are evidence of no control of their own. */
const mapped: ReadonlySet<string> = new Set(["length", "reuse", "expiry"]);

/** Without a policy all of them hold. */
function shortcomings(policy: PasswordPolicy | null, params: Params): string[] {
  const short: Record<string, boolean> = {
    length: (policy?.minimumLength ?? 0) < params.minLength,
    reuse: (policy?.reusePrevention ?? 0) < params.reuse,
    symbols: !policy?.requireSymbols,
    numbers: !policy?.requireNumbers,
    upper: !policy?.requireUppercase,
    lower: !policy?.requireLowercase,
    expiry: (policy?.maxAgeDays ?? Infinity) > params.maxAgeDays,
  };
  return Object.keys(short).filter((name) => short[name]);
}

export const about: About = {
  title: "The account lets IAM users choose weak passwords",
  rationale: "Short passwords are guessed, and passwords used before are already in somebody's list.",
  remediation:
    "Ask for 14 characters at least and refuse the last 24 passwords; or do without passwords of IAM users and sign in through IAM Identity Center.",
  controls: {
    aws_fsbp: ["IAM.7", "IAM.10"],
    gdpr: ["article_25"],
    hipaa: ["164_308_a_5_ii_d"],
    iso_27001_2022: ["A.5.15"],
  },
  variants: {
    length: {
      "cis_aws_3.0": ["1.8"],
      "cis_aws_5.0": ["1.7"],
      "cis_aws_6.0": ["2.7"],
      "cis_aws_7.0": ["2.8"],
      nist_800_53_r5: [
        "ac_2_1",
        "ac_2_3",
        "ac_2_3_a",
        "ac_2_3_b",
        "ac_2_3_c",
        "ac_2_3_d",
        "ac_2_d_1",
        "ac_3_3",
        "ac_3_3_a",
        "ac_3_3_b_1",
        "ac_3_3_b_2",
        "ac_3_3_b_3",
        "ac_3_3_b_4",
        "ac_3_3_b_5",
        "ac_3_3_c",
        "ac_3_4",
        "ac_3_4_a",
        "ac_3_4_b",
        "ac_3_4_c",
        "ac_3_4_d",
        "ac_3_4_e",
        "ac_3_8",
        "ac_3_12_a",
        "ac_3_13",
        "ac_3_15_a",
        "ac_3_15_b",
        "ac_4_28",
        "ac_7_4",
        "ac_7_4_a",
        "ac_24",
        "cm_5_1_a",
        "cm_6_a",
        "cm_9_b",
        "cm_12_b",
        "ia_4_d",
        "ia_5",
        "ia_5_1_f",
        "ia_5_1_g",
        "ia_5_1_h",
        "ia_5_18_a",
        "ia_5_18_b",
        "ia_5_b",
        "ia_5_c",
        "ia_5_d",
        "ia_5_f",
        "ia_5_h",
        "ia_8_2_b",
        "ma_4_c",
        "sc_23_3",
      ],
    },
    reuse: {
      "cis_aws_3.0": ["1.9"],
      "cis_aws_5.0": ["1.8"],
      "cis_aws_6.0": ["2.8"],
      "cis_aws_7.0": ["2.9"],
      hipaa: ["164_308_a_4_ii_c", "164_312_d"],
    },
    expiry: { "pci_dss_4.0": ["8.3.6", "8.6.3"] },
  },
};

export function examples(): Examples<"iam.passwordPolicies", Params> {
  const strong: PasswordPolicy = {
    minimumLength: 14,
    requireSymbols: true,
    requireNumbers: true,
    requireUppercase: true,
    requireLowercase: true,
    allowUsersToChange: true,
    reusePrevention: 24,
    maxAgeDays: 90,
  };
  const found = (policy: Partial<PasswordPolicy> | null | undefined): FoundBy<"iam.passwordPolicies"> => ({
    nativeId: "password-policy",
    arn: null,
    name: null,
    state: null,
    tags: {},
    createdAt: null,
    region: null,
    attributes: { policy: policy && { ...strong, ...policy } },
  });
  const users = (...enabled: (boolean | undefined)[]) => ({
    "iam.users": enabled.map((passwordEnabled) => ({ attributes: { passwordEnabled } })),
  });
  return {
    pass: [
      { name: "14 characters, 24 remembered", found: found({}), others: users(true) },
      {
        name: "no expiry and no classes of characters",
        found: found({ maxAgeDays: null, requireSymbols: false, requireNumbers: false }),
        others: users(true),
      },
      {
        name: "a shorter length allowed",
        params: { minLength: 8 },
        found: found({ minimumLength: 8 }),
        others: users(true),
      },
    ],
    fail: [
      {
        name: "13 characters",
        found: found({ minimumLength: 13 }),
        others: users(false, true),
        expect: { severity: "medium", details: { failed: ["length"] }, variants: ["length"] },
      },
      {
        name: "23 remembered, 91 days",
        found: found({ reusePrevention: 23, maxAgeDays: 91 }),
        others: users(true),
        expect: { details: { failed: ["reuse", "expiry"] }, variants: ["reuse", "expiry"] },
      },
      {
        name: "none remembered",
        found: found({ reusePrevention: null }),
        others: users(undefined),
        expect: { severity: "medium", details: { failed: ["reuse"] } },
      },
      {
        name: "no policy",
        found: found(null),
        others: users(true),
        expect: { details: { failed: ["length", "reuse", "symbols", "numbers", "upper", "lower", "expiry"] } },
      },
      { name: "nobody has a password", found: found(null), others: users(false), expect: { severity: "low" } },
      { name: "there are no users", found: found(null), others: users(), expect: { severity: "low" } },
    ],
    unknown: [{ name: "policy denied", found: found(undefined), others: users(true) }],
  };
}

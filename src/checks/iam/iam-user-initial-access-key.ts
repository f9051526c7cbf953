import type { FoundBy } from "#collectors/registry";
import type { About, Check, Examples } from "#checks/check";
import { exampleUser } from "./examples.ts";

interface Params {
  /** A key made within this time of its user was made along with it. */
  readonly windowSeconds: number;
}

export const check: Check<"iam.users", Params> = {
  id: "iam_user_initial_access_key",
  severity: "low",
  category: "compliance",
  domain: "identity",
  effort: "low",
  confidence: 0.9,
  drift: false,
  resources: ["iam.users"],
  decisive: [],
  params: { windowSeconds: 60 },
  judge({ name, createdAt, observed, attributes: { passwordEnabled, accessKeys } }, { params }) {
    if (passwordEnabled === false) return { status: "pass" };
    const use = observed?.accessKeysLastUsed;
    if (typeof passwordEnabled !== "boolean" || !accessKeys || !use || createdAt === null) {
      return { status: "unknown", reason: "iam:GetCredentialReport could not be read, or does not list this user yet" };
    }
    const unused = new Set(use.filter((key) => key.at === null).map((key) => key.slot));
    const initial = accessKeys.find(
      ({ slot, active, rotatedAt }) =>
        active &&
        unused.has(slot) &&
        rotatedAt !== null &&
        Math.abs(Date.parse(rotatedAt) - Date.parse(createdAt)) <= params.windowSeconds * 1000,
    );
    if (!initial) return { status: "pass" };
    return {
      status: "fail",
      summary: `${name} has a console password and an access key from ${createdAt.slice(0, 10)} that was never used.`,
      details: { userName: name, createdAt, keySlot: initial.slot, keyCreatedAt: initial.rotatedAt },
      evidence: evidence(initial.slot, initial.rotatedAt),
    };
  },
};

const evidence = (slot: 1 | 2, rotatedAt: string | null) => [
  { call: "iam:GetCredentialReport", field: `access_key_${slot}_last_rotated`, value: rotatedAt },
  { call: "iam:GetCredentialReport", field: `access_key_${slot}_last_used_date`, value: "N/A" },
];

export const about: About = {
  title: "A console user was given an access key at birth and never used it",
  rationale: "A key made by ticking a box along with the user is one that nobody asked for and nobody looks after.",
  remediation: "Delete the key; make one when the user asks for it and says what for.",
  controls: {
    "cis_aws_3.0": ["1.11"],
    "cis_aws_5.0": ["1.10"],
    "cis_aws_6.0": ["2.10"],
  },
};

export function examples(): Examples<"iam.users", Params> {
  const withKey = (rotatedAt: string, at: string | null = null, active = true): FoundBy<"iam.users"> =>
    exampleUser({ accessKeys: [{ slot: 1, active, rotatedAt }] }, { accessKeysLastUsed: [{ slot: 1, at }] });
  const edge = "2024-01-01T00:01:00.000Z";
  return {
    pass: [
      { name: "no key", found: exampleUser({}) },
      {
        name: "no password",
        found: { ...withKey(edge), attributes: exampleUser({ passwordEnabled: false }).attributes },
      },
      { name: "key made 61 seconds after the user", found: withKey("2024-01-01T00:01:01.000Z") },
      { name: "key used since", found: withKey(edge, "2024-02-01T00:00:00.000Z") },
      { name: "key switched off", found: withKey(edge, null, false) },
    ],
    fail: [
      {
        name: "key made 60 seconds after the user and never used",
        found: withKey(edge),
        expect: { details: { userName: "alice", keySlot: 1, keyCreatedAt: edge } },
      },
      { name: "a longer window", params: { windowSeconds: 3600 }, found: withKey("2024-01-01T00:30:00.000Z") },
    ],
    unknown: [
      {
        name: "no credential report",
        found: exampleUser({ passwordEnabled: undefined, accessKeys: undefined }, { accessKeysLastUsed: undefined }),
      },
    ],
  };
}

import { z } from "zod";
import { listAt } from "#aws/answer";
import type { Operation } from "#aws/caller";
import type { Collector } from "#collectors/collector";
import { credentialReport, credentialReportActions, sharedOrGap } from "#collectors/credential-report";

/** The account itself, as far as its root user goes. */
export interface Account {
  /** The root user has an access key. */
  readonly accessKeysPresent: boolean | undefined;
  readonly mfaEnabled: boolean | undefined;
  /** The root user has a password; null: neither the summary nor the report says. */
  readonly passwordPresent: boolean | null | undefined;
}

/** When the root user was last at work; `undefined` without a credential report or a root row in it. */
export interface AccountUse {
  readonly passwordLastUsedAt: string | null | undefined;
  /** The later of its two keys. */
  readonly accessKeyLastUsedAt: string | null | undefined;
}

const getAccountSummary: Operation = { service: "iam", action: "GetAccountSummary" };

const Entry = z.object({ key: z.string(), value: z.coerce.number() });

/**
 * Source: IAM API 2010-05-08, GetAccountSummary (its map, one `entry` per figure) and the root row of the credential
 * report. One resource.
 */
export const collector: Collector<Account, AccountUse> = {
  id: "iam.accounts",
  service: "iam",
  resourceType: "AWS::::Account",
  scope: "global",
  actions: ["iam:GetAccountSummary", ...credentialReportActions],
  async *list({ aws, place }) {
    const summary = figures(await sharedOrGap(aws, getAccountSummary));
    const report = await credentialReport(aws);
    const root = report?.root;
    const arn = `arn:${place.partition}:iam::${place.awsAccountId}:root`;
    yield [
      {
        nativeId: arn,
        arn,
        name: null,
        state: null,
        tags: {},
        createdAt: null,
        region: null,
        attributes: {
          accessKeysPresent: claim(summary, "AccountAccessKeysPresent"),
          mfaEnabled: claim(summary, "AccountMFAEnabled"),
          passwordPresent: claim(summary, "AccountPasswordPresent") ?? (report && (root?.passwordEnabled ?? null)),
        },
        observed: {
          passwordLastUsedAt: root?.passwordLastUsedAt,
          accessKeyLastUsedAt: root && latest(root.keys.map((key) => key.lastUsedAt)),
        },
      },
    ];
  },
};

const figures = (answer: unknown): ReadonlyMap<string, number> | undefined =>
  answer === undefined
    ? undefined
    : new Map(
        z
          .array(Entry)
          .parse(listAt(answer, "SummaryMap.entry"))
          .map(({ key, value }) => [key, value]),
      );

function claim(summary: ReadonlyMap<string, number> | undefined, key: string): boolean | undefined {
  const figure = summary?.get(key);
  return figure === undefined ? undefined : figure > 0;
}

const latest = (dates: readonly (string | null)[]): string | null =>
  dates
    .filter((date) => date !== null)
    .toSorted()
    .at(-1) ?? null;

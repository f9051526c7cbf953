import { z } from "zod";
import { listAt } from "#aws/answer";
import type { AwsCaller, Operation } from "#aws/caller";
import type { Collector } from "#collectors/collector";
import { credentialReport, credentialReportActions } from "#collectors/credential-report";
import { sharedAttempt } from "#collectors/shared";
import { text } from "#collectors/json";
import { virtualMfaActions, virtualMfaSerials } from "./shapes.ts";

/** The account itself: its root user, and whom AWS writes to. */
export interface Account {
  /** The root user has an access key. */
  readonly accessKeysPresent: boolean | undefined;
  readonly mfaEnabled: boolean | undefined;
  /** The root user has a password; null: neither the summary nor the report says. */
  readonly passwordPresent: boolean | null | undefined;
  /** Serial numbers of the root user's virtual MFA devices; security keys and hardware tokens have none there. */
  readonly virtualMfaSerials: readonly string[] | undefined;
  /** The alternate contact for security; null: none is registered. */
  readonly securityContactEmail: string | null | undefined;
}

/** When the root user was last at work; `undefined` without a credential report or a root row in it. */
export interface AccountObserved {
  readonly passwordLastUsedAt: string | null | undefined;
  /** The later of its two keys. */
  readonly accessKeyLastUsedAt: string | null | undefined;
}

const getAccountSummary: Operation = { service: "iam", action: "GetAccountSummary" };

const getAlternateContact: Operation = {
  service: "account",
  action: "GetAlternateContact",
  method: "POST",
  path: "/getAlternateContact",
};

const Contact = z.object({ AlternateContact: z.object({ EmailAddress: text }) });
const Entry = z.object({ key: z.string(), value: z.coerce.number() });

/**
 * Source: IAM API 2010-05-08, GetAccountSummary (its map, one `entry` per figure), the root row of the credential report and
 * ListVirtualMFADevices; Account Management API 2021-02-01, GetAlternateContact. One resource.
 */
export const collector: Collector<Account, AccountObserved> = {
  id: "iam.accounts",
  service: "iam",
  resourceType: "AWS::::Account",
  scope: "global",
  actions: ["account:GetAlternateContact", "iam:GetAccountSummary", ...virtualMfaActions, ...credentialReportActions],
  async *list({ aws, place }) {
    const summary = figures(await sharedAttempt(aws, getAccountSummary));
    const report = await credentialReport(aws);
    const root = report?.root;
    const serials = await virtualMfaSerials(aws);
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
        costMonthly: 0,
        attributes: {
          accessKeysPresent: claim(summary, "AccountAccessKeysPresent"),
          mfaEnabled: claim(summary, "AccountMFAEnabled"),
          passwordPresent: claim(summary, "AccountPasswordPresent") ?? (report && (root?.passwordEnabled ?? null)),
          virtualMfaSerials: serials && (serials.get(arn) ?? []),
          securityContactEmail: await securityContact(aws),
        },
        observed: {
          passwordLastUsedAt: root?.passwordLastUsedAt,
          accessKeyLastUsedAt: root && latest(root.keys.map((key) => key.lastUsedAt)),
        },
      },
    ];
  },
};

async function securityContact(aws: AwsCaller): Promise<string | null | undefined> {
  const input = { AlternateContactType: "SECURITY" };
  const answer = await aws.attempt(getAlternateContact, input, ["ResourceNotFoundException"]);
  return answer === null || answer === undefined ? answer : Contact.parse(answer).AlternateContact.EmailAddress;
}

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

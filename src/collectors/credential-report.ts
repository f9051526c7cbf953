import { z } from "zod";
import type { AwsCaller, Operation } from "#aws/caller";
import { decodeBase64 } from "#lib/base64";
import { sharedAttempt } from "./shared.ts";
import { date } from "./xml.ts";

/** One of a user's two places for an access key, occupied or not. */
export interface KeySlot {
  readonly slot: 1 | 2;
  readonly active: boolean;
  /** When the key was made; null: no key. */
  readonly rotatedAt: string | null;
  readonly lastUsedAt: string | null;
}

export interface CredentialRow {
  /** `<root_account>` for the root user. */
  readonly userName: string;
  readonly arn: string;
  readonly createdAt: string | null;
  /** null: the report says `not_supported`. */
  readonly passwordEnabled: boolean | null;
  readonly passwordChangedAt: string | null;
  readonly passwordLastUsedAt: string | null;
  readonly mfaActive: boolean;
  readonly keys: readonly KeySlot[];
}

export interface CredentialReport {
  /** AWS makes a new report every four hours at most, so it may be that old. */
  readonly generatedAt: string;
  readonly root: CredentialRow | undefined;
  /** By user ARN. */
  readonly users: ReadonlyMap<string, CredentialRow>;
}

/** What every collector that reads the report needs. */
export const credentialReportActions = ["iam:GenerateCredentialReport", "iam:GetCredentialReport"] as const;

const generateReport: Operation = { service: "iam", action: "GenerateCredentialReport" };
const getReport: Operation = { service: "iam", action: "GetCredentialReport" };
const pollsMax = 5;
const rootName = "<root_account>";

const Generation = z.object({ State: z.string() });
const Report = z.object({ Content: z.string(), GeneratedTime: date });

/**
 * The account's credential report, or `undefined` when it could not be had: denied, or not ready after five polls.
 * Source: IAM API 2010-05-08, GenerateCredentialReport and GetCredentialReport; both answers are shared by the task.
 */
export async function credentialReport(aws: AwsCaller, pause = pauseMs): Promise<CredentialReport | undefined> {
  await generated(aws, pause);
  const answer = await sharedAttempt(aws, getReport);
  return answer === undefined ? undefined : reportOf(answer);
}

/** The same for a list that has nothing else to go by: the fault that keeps the report back ends it. */
export async function wholeCredentialReport(aws: AwsCaller, pause = pauseMs): Promise<CredentialReport> {
  await generated(aws, pause);
  return reportOf(await aws.shared(getReport));
}

function reportOf(answer: unknown): CredentialReport {
  const report = Report.parse(answer);
  const rows = csvRecords(new TextDecoder().decode(decodeBase64(report.Content))).map((record) => Row.parse(record));
  return {
    generatedAt: report.GeneratedTime,
    root: rows.find((row) => row.userName === rootName),
    users: new Map(rows.map((row) => [row.arn, row])),
  };
}

/** Whether two times are one: AWS writes whole seconds here and fractions there. */
export const sameMoment = (a: string | null, b: string | null): boolean =>
  a !== null && b !== null && Math.abs(Date.parse(a) - Date.parse(b)) < 1_000;

const pauseMs = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Whoever is given the same remembered beginning waits for the same polls. */
const waits = new WeakMap<object, Promise<void>>();

/** Returns when the report is ready or will not be. */
async function generated(aws: AwsCaller, pause: (ms: number) => Promise<void>): Promise<void> {
  const begun = await sharedAttempt(aws, generateReport);
  if (typeof begun !== "object" || begun === null) return;
  const waiting = waits.get(begun) ?? polled(aws, begun, pause);
  waits.set(begun, waiting);
  await waiting;
}

/** The first poll comes at once: a report that is not too old is ready then. */
async function polled(aws: AwsCaller, begun: object, pause: (ms: number) => Promise<void>): Promise<void> {
  let answer: unknown = begun;
  for (let poll = 0; poll < pollsMax; poll += 1) {
    if (answer === undefined || Generation.parse(answer).State === "COMPLETE") return;
    if (poll > 0) await pause(500 * 2 ** poll);
    answer = await aws.attempt(generateReport, {});
  }
}

/** `N/A`, `no_information` and `not_supported` are not dates. */
const dateCell = z.string().transform((cell) => (Number.isNaN(Date.parse(cell)) ? null : new Date(cell).toISOString()));
const claimCell = z.string().transform((cell) => cell.toLowerCase() === "true");

/** Columns as of the IAM User Guide, "Understanding the report format"; found by name, so that new ones may come. */
const Row = z
  .object({
    user: z.string(),
    arn: z.string(),
    user_creation_time: dateCell,
    password_enabled: z.string(),
    password_last_used: dateCell,
    password_last_changed: dateCell,
    mfa_active: claimCell,
    access_key_1_active: claimCell,
    access_key_1_last_rotated: dateCell,
    access_key_1_last_used_date: dateCell,
    access_key_2_active: claimCell,
    access_key_2_last_rotated: dateCell,
    access_key_2_last_used_date: dateCell,
  })
  .transform((row): CredentialRow => ({
    userName: row.user,
    arn: row.arn,
    createdAt: row.user_creation_time,
    passwordEnabled: ["true", "false"].includes(row.password_enabled.toLowerCase())
      ? row.password_enabled.toLowerCase() === "true"
      : null,
    passwordChangedAt: row.password_last_changed,
    passwordLastUsedAt: row.password_last_used,
    mfaActive: row.mfa_active,
    keys: [
      {
        slot: 1,
        active: row.access_key_1_active,
        rotatedAt: row.access_key_1_last_rotated,
        lastUsedAt: row.access_key_1_last_used_date,
      },
      {
        slot: 2,
        active: row.access_key_2_active,
        rotatedAt: row.access_key_2_last_rotated,
        lastUsedAt: row.access_key_2_last_used_date,
      },
    ],
  }));

/** RFC 4180 with a header line: one record per further line, by column name. */
function csvRecords(text: string): Record<string, string>[] {
  const [header = [], ...lines] = csvLines(text);
  return lines.map((cells) => Object.fromEntries(header.map((name, at) => [name, cells[at] ?? ""])));
}

const csvCell = /(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r?\n|$)/gy;

function csvLines(text: string): string[][] {
  const lines: string[][] = [];
  let line: string[] = [];
  for (const [, quoted, plain = "", end] of text.trimEnd().matchAll(csvCell)) {
    line.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === ",") continue;
    lines.push(line);
    line = [];
    if (end === "") break;
  }
  return lines;
}

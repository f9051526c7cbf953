import type { Env } from "#env";
import type { SealedCheck } from "#checks/sealed";
import type { Found, Place } from "#collectors/collector";
import { systemContext, type OrgContext } from "#db/context";
import type { CollectorState } from "#db/values";
import { newId } from "#lib/id";
import type { AnyCollector } from "#scans/catalogue";
import { changeOf } from "#scans/change";
import type { AccountRow, ClaimedTask, ScanRow } from "#scans/claim";
import { newTally, stateAfter } from "#scans/coverage";
import { judge, judgeSettings } from "#scans/judge";
import { resourceIdOf } from "#scans/relations";
import { createSliceWriter } from "#scans/slice-writer";
import { storedOf } from "#scans/stored";
import { suppressionsInForce, type Suppression } from "#scans/suppression";
import { sweepAgain } from "#scans/sweep-suppressions";
import { goneOf } from "#scans/sweep";

export const region = "eu-west-1";
export const resourceType = "AWS::Test::Thing";

/** What a check finds of a thing: `unread` makes its verdict unknown, `none` does not concern it. */
export type Answer = "pass" | "fail" | "unread" | "none";

/** What a thing is like. */
export interface Thing {
  readonly name: string;
  readonly answers: readonly [Answer, Answer];
  /** Decisive. */
  readonly size: number;
  /** Told, and not decisive. */
  readonly color: number;
  readonly severe: boolean;
  readonly saves: number | null;
  readonly sandbox: boolean;
}

/** The two checks of this world. They are handed to the engine as the registry's are. */
export const checks = [0, 1].map((at) => ({
  id: `thing_check_${at}`,
  title: `Check ${at}`,
  severity: "medium",
  category: at === 0 ? "cost" : "security",
  domain: at === 0 ? "cost" : "network_exposure",
  effort: "low",
  confidence: 0.9,
  drift: at === 1,
  resources: "every",
  decisive: ["size"],
  controls: {},
  params: {},
  judge({ attributes }: Found) {
    const answer = attributes[`answer${at}`] as Answer | undefined;
    if (answer === undefined) return { status: "unknown", reason: "Not read." };
    if (answer === "none") return null;
    if (answer === "pass") return { status: "pass" };
    const { size, color, severe, saves } = attributes;
    return {
      status: "fail",
      summary: `Size ${String(size)}, color ${String(color)}.`,
      details: { size, color },
      evidence: [],
      severity: severe ? "critical" : "medium",
      exposure: severe ? "internet" : "internal",
      savingsMonthly: at === 0 ? saves : null,
    };
  },
  // safe: whole but for what people read of it.
})) as unknown as readonly SealedCheck[];

// safe: the members that comparing and writing read.
const collector = { id: "test.things", service: "test", resourceType, scope: "regional" } as unknown as AnyCollector;

/** As a collector would hand it over; what could not be read is `undefined`. */
const foundOf = ({ name, answers, size, color, severe, saves, sandbox }: Thing): Found => ({
  nativeId: name,
  arn: null,
  name,
  state: null,
  tags: sandbox ? { env: "sandbox" } : {},
  createdAt: null,
  attributes: {
    ...Object.fromEntries(answers.map((answer, at) => [`answer${at}`, answer === "unread" ? undefined : answer])),
    size,
    color,
    severe,
    saves,
  },
});

/** One organization with one account whose things are scanned by the engine's own pieces, from judging on. */
export class FindingWorld {
  readonly orgId = newId();
  readonly accountId = newId();
  readonly env: Env;
  #seq = 0;
  #state: CollectorState | undefined;

  constructor(env: Env) {
    this.env = env;
  }

  context(now: Date): OrgContext {
    return systemContext(this.env, { orgId: this.orgId, shard: 0 }, now, () => undefined);
  }

  async begin(now: Date): Promise<void> {
    await this.env.DB.prepare(
      `INSERT INTO accounts (org_id, id, aws_account_id, name, environment, status, credential, is_management, scan_seq, version, created_at, updated_at)
       VALUES (?1, ?2, '123456789012', 'Things', 'production', 'ok', '{}', 0, 0, 1, ?3, ?3)`,
    )
      .bind(this.orgId, this.accountId, now.toISOString())
      .run();
  }

  /** A scan that sees these things; `whole`: it saw the list to its end. `meanwhile` happens after it was claimed. */
  async scan(now: Date, seen: readonly Thing[], whole: boolean, meanwhile?: () => Promise<unknown>): Promise<void> {
    const task = await this.#claim(now);
    const states = this.#state ? { [collector.id]: this.#state } : {};
    const writer = createSliceWriter(task, states, null);
    const place: Place = { partition: "aws", awsAccountId: task.account.awsAccountId, region };
    const work = async (): Promise<void> => {
      const ids = await Promise.all(
        seen.map(({ name }) => resourceIdOf(this.orgId, place.awsAccountId, resourceType, name)),
      );
      const stored = await storedOf(task, ids);
      for (const [at, thing] of seen.entries()) {
        const found = foundOf(thing);
        const id = ids[at] ?? "";
        const judged = await judge(found, checks, new Map(), await judgeSettings(task, place, collector));
        const change = await changeOf({ task, place }, collector, { id, found, judged }, stored.get(id));
        if (change) await writer.add(change);
      }
      const known = new Set(ids);
      const wasSeen = whole
        ? new Map([[collector.id as string, (id: string) => known.has(id)]])
        : new Map<string, never>();
      await writer.finish((await Array.fromAsync(goneOf(task, region, wasSeen))).flat());
    };
    await Promise.all([work(), meanwhile?.()]);
    await this.#end(task, whole);
  }

  async #claim(now: Date): Promise<ClaimedTask> {
    const org = this.context(now);
    this.#seq += 1;
    const scan = { id: newId(), runId: newId(), seq: this.#seq, createdAt: now.toISOString() } as ScanRow;
    const [, , , inForce] = await org.db.atomic([
      org.db.sql(
        `INSERT INTO scans (org_id, id, run_id, kind, account_id, aws_account_id, seq, status, active, summary, deadline_at, version, created_at, updated_at)
         VALUES (?1, ?2, ?3, 'account', ?4, '123456789012', ?5, 'running', 1, '{}', ?6, 1, ?6, ?6)`,
        org.id,
        scan.id,
        scan.runId,
        this.accountId,
        scan.seq,
        scan.createdAt,
      ),
      org.db.sql(
        "INSERT INTO scan_tasks (org_id, scan_id, id, state, fence, attempts) VALUES (?1, ?2, ?3, 'running', 1, 1)",
        org.id,
        scan.id,
        region,
      ),
      org.db.sql("UPDATE accounts SET scan_seq = ?3 WHERE org_id = ?1 AND id = ?2", org.id, this.accountId, scan.seq),
      suppressionsInForce(org),
    ]);
    const account = { id: this.accountId, awsAccountId: "123456789012", environment: "production" } as AccountRow;
    const settings = { allowedRegions: null, checkParams: {}, checksOff: [] };
    // safe: the members that judging, comparing and writing read.
    return {
      org,
      scan,
      account,
      settings,
      suppressions: inForce as Suppression[],
      id: region,
      place: region,
      fence: 1,
    } as unknown as ClaimedTask;
  }

  async #end({ org, scan }: ClaimedTask, whole: boolean): Promise<void> {
    const part = { whole, state: "done", errors: [], tally: newTally(), calls: 1, seen: null } as const;
    this.#state = stateAfter(this.#state, part, { seq: this.#seq, now: org.now });
    await org.db.atomic([
      org.db.sql("UPDATE scans SET active = 0, status = 'complete' WHERE org_id = ?1 AND id = ?2", org.id, scan.id),
      org.db.sql("DELETE FROM scan_tasks WHERE org_id = ?1", org.id),
      org.db.sql(
        `INSERT INTO coverage (org_id, account_id, region, scan_id, seq, collectors, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (org_id, account_id, region) DO UPDATE SET seq = excluded.seq, collectors = excluded.collectors`,
        org.id,
        this.accountId,
        region,
        scan.id,
        scan.seq,
        JSON.stringify({ [collector.id]: this.#state }),
        org.now.toISOString(),
      ),
      sweepAgain(org, scan),
    ]);
  }

  /** What coverage knows of the collector. */
  get sight(): { completeAt: string | null; runs: number; complete: boolean } | null {
    const state = this.#state;
    return state ? { completeAt: state.completeAt, runs: state.runs, complete: state.completeSeq === this.#seq } : null;
  }

  async clear(): Promise<void> {
    const tables = [
      "accounts",
      "scans",
      "scan_tasks",
      "coverage",
      "resources",
      "resource_versions",
      "findings",
      "counters",
      "recommendations",
      "suppressions",
      "audit_log",
      "events",
    ];
    await this.env.DB.batch(
      tables.map((table) => this.env.DB.prepare(`DELETE FROM ${table} WHERE org_id = ?1`).bind(this.orgId)),
    );
  }
}

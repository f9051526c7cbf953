import { env as bindings } from "cloudflare:workers";
import { evaluateAlerts } from "#alerts/evaluate";
import type { Alert, AlertRule } from "#alerts/rule";
import { systemContext, type OrgContext } from "#db/context";
import { eventStatements } from "#db/outbox";
import { withEffects } from "#db/finding-effects";
import { defaultSettings, type AlertMessage } from "#db/values";
import type { Env } from "#env";
import { newId } from "#lib/id";
import { findingEvents, nothingHappened, type Opened, type Transitions } from "#scans/finding-events";
import { runEnd } from "#scans/run-end";
import { emptySummary } from "#scans/start";
import { createAlertRule } from "../../src/modules/alert-rules/create.ts";
import { NewAlertRule } from "../../src/modules/alert-rules/shapes.ts";
import { accountRow, findingRow, insertRows, type Row } from "../modules/findings/world.ts";
import { eventComplaints } from "../support/openapi.ts";

export const start = Date.parse("2026-11-23T08:00:00Z");
export const minutes = 60_000;

export interface FoundFinding {
  readonly id: string;
  readonly row: Row;
}

/** An organization whose clock the test holds; its queue of alerts is a list. */
export class AlertWorld {
  readonly orgId = newId();
  readonly env: Env;
  readonly nudges: unknown[] = [];
  readonly accounts: (Row & { id: string })[] = [];
  now = new Date(start);
  #findings = 0;

  constructor(env: Env = bindings) {
    const send = async (body: unknown): Promise<void> => void this.nudges.push(body);
    const sendBatch = async (messages: Iterable<{ body: unknown }>): Promise<void> => {
      for (const { body } of messages) await send(body);
    };
    const quiet = { send: async () => undefined, sendBatch: async () => undefined };
    // safe: what the verbs under test use of the queues.
    this.env = { ...env, ALERTS: { send, sendBatch }, DELIVERIES: quiet } as unknown as Env;
  }

  async make(accounts = 1): Promise<this> {
    await this.env.DB.prepare("INSERT INTO organizations VALUES (?1, 'Org', ?1, 'team', 0, ?2, 1, ?3, ?3)")
      .bind(this.orgId, JSON.stringify(defaultSettings), this.now.toISOString())
      .run();
    for (let n = 0; n < accounts; n += 1) {
      const row = accountRow(this.orgId, String(111_111_111_111 + n), { name: `Account ${n}` });
      this.accounts.push(row);
    }
    await this.insert("accounts", this.accounts);
    return this;
  }

  /** The same as `insertRows`, into this world's database. */
  async insert(table: string, rows: readonly Row[]): Promise<void> {
    if (this.env.DB === bindings.DB) return insertRows(table, rows);
    const columns = Object.keys(rows[0] ?? {});
    await this.env.DB.prepare(
      `INSERT INTO ${table} (${columns.map((column) => `"${column}"`).join(", ")})
       SELECT ${columns.map((column) => `r.value ->> '${column}'`).join(", ")} FROM json_each(?1) AS r`,
    )
      .bind(JSON.stringify(rows))
      .run();
  }

  advance(ms: number): void {
    this.now = new Date(this.now.getTime() + ms);
  }

  context(env: Env = this.env): OrgContext {
    return systemContext(env, { orgId: this.orgId, shard: 0 }, this.now, () => undefined);
  }

  async rows<T = Row>(query: string, ...params: unknown[]): Promise<T[]> {
    return (
      await this.env.DB.prepare(query)
        .bind(this.orgId, ...params)
        .all<T>()
    ).results;
  }

  /** A receiver of alerts. */
  async channel(more: Row = {}): Promise<string> {
    const id = newId();
    const now = this.now.toISOString();
    const row = {
      org_id: this.orgId,
      id,
      kind: "slack",
      name: "Channel",
      url: "https://hooks.example.com",
      events: "[]",
      secret: "",
    };
    await this.insert("webhooks", [
      { ...row, status: "enabled", version: 1, created_at: now, updated_at: now, ...more },
    ]);
    return id;
  }

  rule(body: Record<string, unknown>): Promise<AlertRule> {
    return createAlertRule(this.context(), NewAlertRule.parse({ name: newId(), ...body }));
  }

  ruleNow = async (
    id: string,
  ): Promise<AlertRule & { last: { at: string; matched: number; messages: number } | null }> => {
    const [row] = await this.rows<AlertRule & { last_evaluation: string | null }>(
      "SELECT * FROM alert_rules WHERE org_id = ?1 AND id = ?2",
      id,
    );
    if (!row) throw new Error("no such rule");
    return { ...row, last: row.last_evaluation === null ? null : (JSON.parse(row.last_evaluation) as never) };
  };

  /** A run with a scan of each of so many accounts, all of them active. Answers the run, and the scans. */
  async run(accounts = 1): Promise<{ id: string; scans: string[] }> {
    const id = newId();
    const now = this.now.toISOString();
    await this.insert("runs", [{ org_id: this.orgId, id, trigger: "api", created_by: null, created_at: now }]);
    const scans = this.accounts.slice(0, accounts).map((account) => ({
      org_id: this.orgId,
      id: newId(),
      run_id: id,
      kind: "account",
      account_id: account.id,
      aws_account_id: account["aws_account_id"] ?? "",
      seq: 1,
      status: "running",
      active: 1,
      summary: JSON.stringify(emptySummary),
      deadline_at: now,
      version: 1,
      created_at: now,
      updated_at: now,
    }));
    await this.insert("scans", scans);
    return { id, scans: scans.map((scan) => scan.id) };
  }

  /** Ends a scan as its last batch does. */
  async endScan(runId: string, scanId: string, status = "complete"): Promise<void> {
    const org = this.context();
    await org.db.atomic([
      org.db.sql(
        `UPDATE scans SET status = ?3, active = 0, completed_at = ?4 WHERE org_id = ?1 AND id = ?2`,
        org.id,
        scanId,
        status,
        org.now.toISOString(),
      ),
      org.db.sql(
        `UPDATE accounts SET last_scan_id = ?2, last_scan_at = ?4, last_scan_state = ?3
         WHERE org_id = ?1 AND id = (SELECT account_id FROM scans WHERE org_id = ?1 AND id = ?2)`,
        org.id,
        scanId,
        status,
        org.now.toISOString(),
      ),
      ...runEnd(org, { id: scanId, runId }),
    ]);
  }

  async findings(count: number, more: Row = {}, account = 0): Promise<FoundFinding[]> {
    const base = { status: "open", severity: "high", severity_rank: 2, resolved_at: null };
    const now = { first_detected_at: this.now.toISOString() };
    return Promise.all(
      Array.from({ length: count }, async () => {
        this.#findings += 1;
        const row = await findingRow(this.orgId, this.accounts[account] ?? {}, this.#findings, {
          ...base,
          ...now,
          ...more,
        });
        return { id: row.id, row };
      }),
    );
  }

  /** Findings open in a scan, many in a batch, as a slice of it writes them. */
  async open(
    found: readonly FoundFinding[],
    scan: { id: string; runId: string } | null,
    sliceMax = 400,
  ): Promise<void> {
    for (let at = 0; at < found.length; at += sliceMax) {
      const slice = found.slice(at, at + sliceMax);
      await this.store(slice.map(({ row }) => row));
      await this.tell(slice, scan, (opened) => ({ ...nothingHappened, opened }));
    }
  }

  /** With all that follows from findings. */
  async store(rows: readonly Row[]): Promise<void> {
    const org = this.context();
    const columns = Object.keys(rows[0] ?? {});
    const insert = org.db.sql(
      `INSERT INTO findings (${columns.join(", ")}) SELECT ${columns.map((column) => `r.value ->> '${column}'`).join(", ")}
       FROM json_each(?2) AS r WHERE ?1 <> ''`,
      org.id,
      JSON.stringify(rows),
    );
    await org.db.atomic(withEffects(org, { ids: rows.map(({ id }) => String(id)) }, [insert]));
  }

  async reopen(found: readonly FoundFinding[], scan: { id: string; runId: string } | null): Promise<void> {
    await this.status(found, "open");
    await this.tell(found, scan, (reopened) => ({ ...nothingHappened, reopened }));
  }

  async tell(
    found: readonly FoundFinding[],
    scan: { id: string; runId: string } | null,
    of: (told: readonly Opened[]) => Transitions,
  ): Promise<void> {
    const org = this.context();
    for (const own of Map.groupBy(found, ({ row }) => row["account_id"]).values()) {
      const account = { id: String(own[0]?.row["account_id"]), awsAccountId: String(own[0]?.row["aws_account_id"]) };
      await org.db.atomic(eventStatements(org, ...(await findingEvents({ org, account, scan }, of(own.map(told))))));
    }
  }

  /** As a batch that changes findings does. */
  async status(found: readonly FoundFinding[], status: string): Promise<void> {
    const org = this.context();
    const ids = found.map(({ id }) => id);
    await org.db.atomic(
      withEffects(org, { ids }, [
        org.db.sql(
          "UPDATE findings SET status = ?3, version = version + 1 WHERE org_id = ?1 AND id IN (SELECT value FROM json_each(?2))",
          org.id,
          JSON.stringify(ids),
          status,
        ),
      ]),
    );
  }

  evaluate(env: Env = this.env): Promise<void> {
    return evaluateAlerts(this.context(env));
  }

  /** Asks for a look although nothing happened. */
  async look(): Promise<void> {
    await this.env.DB.prepare("UPDATE alert_clocks SET due_at = ?2, asked = asked + 1 WHERE org_id = ?1")
      .bind(this.orgId, this.now.toISOString())
      .run();
    await this.evaluate();
  }

  async alerts(): Promise<Alert[]> {
    const rows = await this.rows<Record<string, unknown>>("SELECT * FROM alerts WHERE org_id = ?1 ORDER BY id");
    // safe: the columns that tests read.
    return rows.map((row) => ({
      ...row,
      ruleId: row["rule_id"],
      groupKey: row["group_key"],
      resolvedBy: row["resolved_by"],
      channels: JSON.parse(String(row["channels"])),
      items: JSON.parse(String(row["items"])),
    })) as unknown as Alert[];
  }

  /** What was told, in order: name and message; whom, and from when on. */
  async told(): Promise<{ name: string; message: AlertMessage; to: { id: string; at: string }[] }[]> {
    const rows = await this.rows<{ names: string; data: string; to: string }>(
      `SELECT e.names, e.data, (SELECT json_group_array(json_object('id', d.webhook_id, 'at', d.next_attempt_at))
         FROM deliveries AS d WHERE d.org_id = ?1 AND d.event_id = e.id) AS "to"
       FROM events AS e WHERE e.org_id = ?1 AND e.names LIKE '["alert.%' ORDER BY e.created_at, e.id`,
    );
    const wrong = rows.flatMap(({ names, data }) =>
      eventComplaints((JSON.parse(names) as string[])[0] ?? "", JSON.parse(data)),
    );
    if (wrong.length > 0) throw new Error(`Not told as documented:\n${wrong.join("\n")}`);
    return rows.map(({ names, data, to }) => ({
      name: (JSON.parse(names) as string[])[0] ?? "",
      message: JSON.parse(data) as AlertMessage,
      to: JSON.parse(to) as { id: string; at: string }[],
    }));
  }
}

const told = ({ id, row }: FoundFinding): Opened => ({
  id,
  type: String(row["type"]),
  title: String(row["title"]),
  severity: String(row["severity"]),
  summary: String(row["summary"]),
  service: String(row["service"]),
  region: String(row["region"]),
  resourceId: String(row["resource_id"]),
  resourceArn: null,
  resourceName: null,
});

/** A rule about findings, in short. */
export const findingsRule = (
  channels: readonly string[],
  more: Record<string, unknown> = {},
  condition: Record<string, unknown> = {},
) => ({
  condition: { kind: "findings", newOnly: false, ...condition },
  channels,
  windowMinutes: 0,
  ...more,
});

import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { rollUpStats } from "#db/daily-stats";
import type { Env } from "#env";
import { Fault } from "#lib/fault";
import { findingIdOf } from "#scans/change";
import { openLapsed } from "#scans/lapse";
import { resourceIdOf } from "#scans/relations";
import { sweepSome, sweepSuppressions } from "#scans/sweep-due";
import { changeFindings } from "../../src/modules/findings/change-many.ts";
import { changeFinding } from "../../src/modules/findings/change.ts";
import { detectionOf } from "../../src/modules/findings/finding.ts";
import { replaceSuppression } from "../../src/modules/suppressions/change.ts";
import { createSuppression } from "../../src/modules/suppressions/create.ts";
import { deleteSuppression } from "../../src/modules/suppressions/delete.ts";
import { keptAndDerived } from "../modules/findings/derived.ts";
import type { Row } from "../modules/findings/world.ts";
import { FindingModel, type ModelChange, type ModelSuppression } from "./finding-model.ts";
import { checks, FindingWorld, resourceType, type Answer, type Thing } from "./finding-world.ts";
import { withLocalD1 } from "./local-d1.ts";
import { seeded, type Random } from "./random.ts";

/** `npm run sim` asks for more. */
const { seeds, first } = env.SIMULATION;
/** A share in the ordinary tests; all of them at full length. */
const histories = seeds >= 1_000 ? seeds : seeds * 24;
/** Organizations that live side by side: the cron jobs come to all of them. */
const sideBySide = 8;
const rounds = 9;
/** A multiple of those that live side by side. */
const ofOneDatabase = 200;

const minuteMs = 60_000;
const start = Date.parse("2026-11-23T08:00:00Z");
const checkIds = checks.map(({ id }) => id);
const names = ["thing-1", "thing-2", "other-1"];
const answers: readonly Answer[] = ["pass", "fail", "fail", "fail", "fail", "unread", "none"];

const noop = async (): Promise<void> => undefined;
const at = (now: Date, minutes: number): string => new Date(now.getTime() + minutes * minuteMs).toISOString();

/** One history: an organization, what must be, and chance. */
class History {
  readonly world: FindingWorld;
  readonly model = new FindingModel(checkIds);
  readonly steps: string[] = [];
  readonly #random: Random;
  #things: Thing[];

  constructor(env: Env, seed: number) {
    this.world = new FindingWorld(env);
    this.#random = seeded(seed * 7919);
    this.#things = names.map((name) => this.#thing(name));
  }

  #thing(name: string): Thing {
    const random = this.#random;
    return {
      name,
      answers: [random.pick(answers), random.pick(answers)],
      size: random.below(2),
      color: random.below(3),
      severe: random.chance(0.3),
      saves: random.chance(0.6) ? random.below(4) * 2.5 : null,
      sandbox: random.chance(0.4),
    };
  }

  /** Chance decides what happens next. */
  async step(now: Date): Promise<void> {
    const kind = this.#random.pick(["scan", "scan", "scan", "change", "change", "many", "suppress", "race"] as const);
    this.steps.push(`${now.toISOString()} ${kind}`);
    if (kind === "scan") await this.#scan(now);
    else if (kind === "change") await this.#change(now);
    else if (kind === "many") await this.#changeMany(now);
    else if (kind === "suppress") await this.#suppress(now, (change) => change());
    else await this.#race(now);
  }

  /** Things change, come and go; then a scan sees them, or the first of them. */
  #look(): { seen: readonly Thing[]; whole: boolean } {
    const random = this.#random;
    this.#things = this.#things.map((thing) => {
      if (random.chance(0.4)) return thing;
      return random.chance(0.5) ? { ...thing, color: random.below(3) } : this.#thing(thing.name);
    });
    const there = this.#things.filter(() => random.chance(0.85));
    const whole = random.chance(0.7);
    const seen = whole ? there : there.slice(0, random.below(there.length + 1));
    // A thing that is read in part keeps the tags that are known of it.
    const known = seen.map((thing) =>
      thing.answers.includes("unread")
        ? { ...thing, sandbox: this.model.knownSandbox(thing.name) ?? thing.sandbox }
        : thing,
    );
    this.steps.push(`  ${whole ? "all" : "the first"}: ${JSON.stringify(known)}`);
    return { seen: known, whole };
  }

  async #scan(now: Date, meanwhile: () => Promise<unknown> = noop): Promise<void> {
    const { seen, whole } = this.#look();
    await this.world.scan(now, seen, whole, meanwhile);
    this.model.scan(now.toISOString(), seen, whole);
  }

  async sweep(now: Date): Promise<void> {
    await sweepSome(this.world.context(now), 50);
  }

  #wish(now: Date): ModelChange {
    const random = this.#random;
    const notes = random.chance(0.3)
      ? { note: random.pick(["a", "b", null]), assignee: random.pick(["ana", null]) }
      : {};
    const wish = random.pick<ModelChange>([
      { status: "open" },
      { status: "snoozed", snoozedUntil: at(now, 1 + random.below(20)) },
      { status: "ignored", ignoreReason: random.pick(["x", "y"]) },
      { status: "ignored", ignoreReason: "z", ignoredUntil: random.pick([null, at(now, 1 + random.below(20))]) },
      { note: "seen" },
    ]);
    return { ...wish, ...notes };
  }

  async idOf(key: string): Promise<string> {
    const [name = "", check = ""] = key.split("/");
    return findingIdOf(await resourceIdOf(this.world.orgId, "123456789012", resourceType, name), check);
  }

  #anyKey(): string | null {
    const keys = [...this.model.findings.keys()];
    return keys.length > 0 ? this.#random.pick(keys) : null;
  }

  /** `null`: whichever version; `false`: not the present one. */
  async #change(now: Date): Promise<void> {
    const key = this.#anyKey();
    if (key === null) return;
    const wish = this.#wish(now);
    const isStale = this.#random.chance(0.1);
    this.steps.push(`  ${key} ${JSON.stringify(wish)} ${isStale ? "stale" : ""}`);
    const outcome = await this.#asked(now, key, wish, isStale ? 999_999 : null);
    const expected = isStale
      ? "PRECONDITION_FAILED"
      : this.model.decide(now.toISOString(), key, wish)
        ? "ok"
        : "INVALID_TRANSITION";
    if (outcome !== expected) throw new Error(`${key}: ${outcome}, not ${expected}`);
  }

  async #asked(now: Date, key: string, wish: ModelChange, ifMatch: number | null): Promise<string> {
    const id = await this.idOf(key);
    try {
      await changeFinding(this.world.context(now), { id, ifMatch, ...wish });
      return "ok";
    } catch (error) {
      if (error instanceof Fault) return error.code;
      throw error;
    }
  }

  async #changeMany(now: Date): Promise<void> {
    const keys = [...this.model.findings.keys()].filter(() => this.#random.chance(0.6));
    if (keys.length === 0) return;
    const wish = this.#wish(now);
    this.steps.push(`  ${keys.join(" ")} ${JSON.stringify(wish)}`);
    await changeFindings(this.world.context(now), { ids: await Promise.all(keys.map((key) => this.idOf(key))) }, wish);
    for (const key of keys) this.model.decide(now.toISOString(), key, wish);
  }

  #newSuppression(now: Date): Omit<ModelSuppression, "id"> {
    const random = this.#random;
    const [check, sandbox, nameEnd] = random.pick([
      [checkIds[0] ?? null, false, null],
      [null, true, null],
      [null, false, "-1"],
      [checkIds[1] ?? null, true, null],
    ] as const);
    const expiresAt = random.chance(0.4) ? at(now, 1 + random.below(20)) : null;
    return { check, sandbox, nameEnd, reason: `because ${random.below(3)}`, expiresAt };
  }

  /** Makes, changes or deletes a suppression; `around` runs it, and what it must mean is known afterwards. */
  async #suppress(now: Date, around: (change: () => Promise<void>) => Promise<void>): Promise<void> {
    const org = this.world.context(now);
    const existing = this.model.suppressions.length > 0 ? this.#random.pick(this.model.suppressions) : null;
    const wanted = this.#newSuppression(now);
    const deletes = this.#random.chance(0.4);
    const body = {
      name: "Suppression",
      condition: {
        ...(wanted.check === null ? {} : { type: [wanted.check] }),
        ...(wanted.sandbox ? { tags: { env: "sandbox" } } : {}),
        ...(wanted.nameEnd === null ? {} : { name: `*${wanted.nameEnd}` }),
      },
      reason: wanted.reason,
      owner: null,
      expiresAt: wanted.expiresAt,
    };
    this.steps.push(
      `  ${existing ? (deletes ? `delete ${existing.id}` : `change ${existing.id}`) : "create"} ${JSON.stringify(body)}`,
    );
    const which = { id: existing?.id ?? "", ifMatch: null };
    await around(async () => {
      if (!existing || this.model.suppressions.length < 2) {
        const { id } = await createSuppression(org, body);
        this.model.suppressions.push({ id, ...wanted });
      } else if (deletes) {
        await deleteSuppression(org, existing.id, null);
        this.model.suppressions = this.model.suppressions.filter((one) => one !== existing);
      } else {
        await replaceSuppression(org, { ...which, body });
        this.model.suppressions = this.model.suppressions.map((one) =>
          one === existing ? { id: one.id, ...wanted } : one,
        );
      }
    });
    await this.sweep(now);
    this.model.settleAll(now.toISOString());
  }

  /** A scan, and somebody who decides meanwhile: whoever comes second is refused, or finds what the first has left. */
  async #race(now: Date): Promise<void> {
    const key = this.#anyKey();
    if (key === null || this.#random.chance(0.5)) {
      await this.#suppress(now, (change) => this.#scan(now, change));
      return;
    }
    const id = await this.idOf(key);
    const row = await this.world.env.DB.prepare("SELECT version FROM findings WHERE org_id = ?1 AND id = ?2")
      .bind(this.world.orgId, id)
      .first<{ version: number }>();
    const wish = this.#wish(now);
    this.steps.push(`  ${key} ${JSON.stringify(wish)}`);
    const { seen, whole } = this.#look();
    let outcome = "";
    await this.world.scan(now, seen, whole, async () => {
      outcome = await this.#asked(now, key, wish, row?.version ?? 0);
    });
    await this.sweep(now);
    if (outcome === "ok") this.model.decide(now.toISOString(), key, wish);
    this.steps.push(`  ${outcome}`);
    this.model.scan(now.toISOString(), seen, whole);
  }

  /** What the rows say, and what is shown of them. */
  async shown(): Promise<Record<string, unknown>[]> {
    const { results } = await this.world.env.DB.prepare("SELECT * FROM findings WHERE org_id = ?1")
      .bind(this.world.orgId)
      .all<Row>();
    const { sight } = this.world;
    return results
      .map((row) => {
        const verified = row["verified"] === 1;
        const detection = detectionOf(
          {
            status: row["status"],
            verified,
            lastDetectedAt: row["last_detected_at"],
            detectionsBefore: row["detections_before"],
            runsAtStart: row["runs_at_start"],
            resolvedAt: row["resolved_at"],
            // safe: the members that it reads.
          } as unknown as Parameters<typeof detectionOf>[0],
          sight,
        );
        return {
          key: `${row["resource_name"]}/${row["type"]}`,
          status: row["status"],
          exempt: row["exempt"] === 1,
          note: row["note"],
          assignee: row["assignee"],
          reopenedCount: row["reopened_count"],
          firstDetectedAt: row["first_detected_at"],
          lastDetectedAt: detection.lastDetectedAt,
          verified,
          snoozedUntil: row["snoozed_until"],
          ignoreReason: row["ignore_reason"],
          ignoredUntil: row["ignored_until"],
          suppressionId: row["suppression_id"],
          detectionCount: detection.detectionCount,
        };
      })
      .toSorted((a, b) => (a.key < b.key ? -1 : 1));
  }
}

/** What a roll-up says of today, of the account and of the organization, and what the rows say. */
async function standingOf(world: FindingWorld): Promise<{ rolledUp: unknown; recounted: unknown }> {
  const { env, orgId } = world;
  const org = world.context(new Date("2027-01-01T00:00:00Z"));
  await org.db.atomic(rollUpStats(org, null));
  const { results } = await env.DB.prepare(
    `SELECT open_low, open_medium, open_high, open_critical, resources, savings FROM daily_stats WHERE org_id = ?1 AND day = '2027-01-01'`,
  )
    .bind(orgId)
    .all();
  const open = (severity: string): string =>
    `(SELECT count(*) FROM findings WHERE org_id = ?1 AND status = 'open' AND severity = '${severity}')`;
  const recounted = await env.DB.prepare(
    `SELECT ${["low", "medium", "high", "critical"].map((severity) => `${open(severity)} AS open_${severity}`).join(", ")},
       (SELECT count(*) FROM resources WHERE org_id = ?1) AS resources,
       (SELECT CAST(round(coalesce(sum(100 * savings_counted), 0)) AS INTEGER) FROM findings WHERE org_id = ?1 AND status = 'open') AS savings`,
  )
    .bind(orgId)
    .first();
  return { rolledUp: results, recounted: [recounted, recounted] };
}

/** Histories that share a clock and the cron jobs; the jobs run 0, 1 or 2 times for a tick. */
async function live(env: Env, all: readonly History[], random: Random): Promise<void> {
  let now = new Date(start);
  await Promise.all(all.map(({ world }) => world.begin(now)));
  for (let round = 0; round < rounds; round += 1) {
    await Promise.all(all.map((history) => history.step(now)));
    now = new Date(now.getTime() + random.below(12) * minuteMs);
    const time = now.toISOString();
    const ends = all.some(({ model }) =>
      model.suppressions.some(({ expiresAt }) => expiresAt !== null && expiresAt <= time),
    );
    if (!ends && random.chance(0.3)) continue;
    const jobs = () => [openLapsed(env, now, () => undefined), sweepSuppressions(env, now, () => undefined)];
    await Promise.all(random.chance(0.2) ? [...jobs(), ...jobs()] : jobs());
    await Promise.all(jobs());
    for (const { model, steps } of all) {
      model.tick(time);
      steps.push(`${time} tick`);
    }
  }
}

describe("the life of findings", () => {
  it("is what the model says, whatever scans see and people decide, and all that follows is kept equal to the rows", async ({
    expect,
  }) => {
    const startedAt = Date.now();
    const check = async (world: Env, seed: number, count: number): Promise<void> => {
      const all = Array.from({ length: count }, (_, n) => new History(world, seed + n));
      await live(world, all, seeded(seed * 104_729)).catch((cause: unknown) => {
        throw new Error(`npm run sim -- --from ${seed} --seeds 1`, { cause });
      });
      for (const [n, history] of all.entries()) {
        const repeat = `npm run sim -- --from ${seed} --seeds ${n + 1}\n${history.steps.join("\n")}`;
        expect(await history.shown(), repeat).toEqual(history.model.shown());
        const { kept, derived } = await keptAndDerived(history.world.orgId, world.DB);
        expect(kept, repeat).toEqual(derived);
        const { rolledUp, recounted } = await standingOf(history.world);
        expect(rolledUp, repeat).toEqual(recounted);
        await history.world.clear();
      }
    };
    const end = first + histories;
    for (let from = first; from < end; from += ofOneDatabase) {
      await withLocalD1(`finding-life-${from}`, async (DB) => {
        for (let seed = from; seed < Math.min(end, from + ofOneDatabase); seed += sideBySide) {
          await check({ ...env, DB }, seed, Math.min(sideBySide, end - seed));
        }
      });
    }
    const seconds = (Date.now() - startedAt) / 1_000;
    console.warn(`${histories} histories in ${seconds.toFixed(1)} s, seeds ${first} to ${first + histories - 1}`);
  }, 7_200_000);
});

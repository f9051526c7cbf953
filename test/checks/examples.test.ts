/// <reference types="vite/types/importMeta.d.ts" />
import { describe, it } from "vitest";
import { categories, severities, type About, type Example, type Examples, type Verdict } from "#checks/check";
import { checks } from "#checks/registry";
import type { SealedCheck } from "#checks/sealed";
import type { Collector } from "#collectors/collector";
import { collectors, type CollectorId, type FoundBy } from "#collectors/registry";

interface CheckFile {
  readonly check: SealedCheck;
  readonly about?: About;
  readonly examples?: () => Examples<CollectorId>;
}

/** What lies in a service's folder and is no check, as scripts/registry.mjs has it. */
const isShared = (path: string): boolean => /\/(shared|examples)\.ts$/.test(path);
const files = Object.entries(import.meta.glob<CheckFile>("/src/checks/*/*.ts", { eager: true })).filter(
  ([path]) => !isShared(path),
);
const example = { now: new Date("2026-06-01T00:00:00Z"), awsAccountId: "111122223333", region: "eu-west-1" };
const day = 86_400_000;

/** Judges an example as the engine would: defaults filled in, only the lists it `reads`, the same list each time. */
function judge(check: SealedCheck, { found, ...given }: Example<CollectorId>, now: Date): Verdict {
  const reads: readonly string[] = check.reads ?? [];
  const lists = new Map<string, readonly unknown[]>(reads.map((id) => [id, given.others?.[id as CollectorId] ?? []]));
  return check.judge(found, {
    now,
    params: { ...check.params, ...given.params },
    place: { partition: "aws", awsAccountId: example.awsAccountId, region: example.region, ...given.place },
    allowedRegions: given.allowedRegions ?? null,
    ownAccounts: new Set(given.ownAccounts),
    others: (id) => {
      const list = lists.get(id);
      if (!list) throw new Error(`${check.id} asks for ${id}, which is not in its reads`);
      // safe: examples are typed by the collector whose id they stand under only loosely; a wrong one fails the verdict.
      return list as never;
    },
  });
}

type Keep = (found: FoundBy<CollectorId>) => Readonly<Record<string, unknown>> | null;
// safe: the registry's collectors are declared as themselves; here only this member is asked for.
const keepsOf = (id: CollectorId): string | undefined => (collectors[id] as unknown as Collector).keeps;

/** What the engine hands on to the second wave of what one collector found; null: nothing. Costs come as they are stored. */
function condensed({ condense, resources }: SealedCheck, collector: CollectorId, found: FoundBy<CollectorId>): unknown {
  if (keepsOf(collector) === "dailyCosts") return found;
  // safe: examples stand under the id of the collector that would have found them.
  const keep = condense?.[collector] as Keep | undefined;
  const kept = keep?.(found) ?? null;
  if (kept === null) return null;
  const of = (members: object | undefined): object =>
    Object.fromEntries(Object.entries(kept).filter(([name]) => Object.hasOwn(members ?? {}, name)));
  const tags = resources.includes(collector) ? found.tags : {};
  return { ...found, tags, attributes: of(found.attributes), observed: of(found.observed) };
}

/** Judges an example as the second wave would: from what `condense` keeps of it and of the others. */
function judgeCondensed(check: SealedCheck, one: Example<CollectorId>, subject: CollectorId): Verdict {
  const found = condensed(check, subject, one.found);
  if (found === null) return null;
  const lists = Object.entries(one.others ?? {}) as [CollectorId, readonly FoundBy<CollectorId>[]][];
  const others = lists.map(([id, list]) => [id, list.map((other) => condensed(check, id, other))] as const);
  const kept = Object.fromEntries(others.map(([id, list]) => [id, list.filter((other) => other !== null)]));
  // safe: `judge` sees no more of it than this.
  return judge(check, { ...one, found: found as FoundBy<CollectorId>, others: kept }, nowOf(one));
}

const nowOf = (one: Example<CollectorId>): Date => one.now ?? example.now;
const statusOf = (verdict: Verdict): string => verdict?.status ?? "notApplicable";

it("every check file is in the registry", ({ expect }) => {
  expect(checks.map(({ id }) => id).toSorted()).toEqual(files.map(([, { check }]) => check.id).toSorted());
  expect(new Set(checks.map(({ id }) => id)).size).toBe(files.length);
});

describe.for(files)("%s", ([path, { check, about, examples }]) => {
  const all: Partial<Examples<CollectorId>> = examples?.() ?? {};
  const cases = (["pass", "fail", "unknown", "notApplicable"] as const).flatMap((status) =>
    (all[status] ?? []).map((one) => ({ status, one, name: one.name })),
  );
  const fails = cases.filter(({ status }) => status === "fail");

  it("is named by its id", ({ expect }) => {
    expect(check.id).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
    expect(path.split("/").at(-1)).toBe(`${check.id.replaceAll("_", "-")}.ts`);
  });

  it("says what it is", ({ expect }) => {
    for (const words of [about?.title, about?.rationale, about?.remediation])
      expect(words?.trim()).toMatch(/^\S.{9,}$/s);
    expect(severities).toContain(check.severity);
    expect(categories).toContain(check.category);
    expect(check.domain).toMatch(/^[a-z_]+$/);
    expect(["low", "medium", "high"]).toContain(check.effort);
    expect(check.confidence).toBeGreaterThan(0);
    expect(check.confidence).toBeLessThanOrEqual(1);
    const ids = [...(check.resources === "every" ? [] : check.resources), ...(check.reads ?? [])];
    for (const id of ids) expect(Object.keys(collectors)).toContain(id);
  });

  it("names controls that are not empty and not twice there", ({ expect }) => {
    const all = [about?.controls ?? {}, ...Object.values(about?.variants ?? {})].flatMap((one) => Object.entries(one));
    for (const [framework, controls] of all) {
      expect(framework).toMatch(/^[a-z][a-z0-9_.]*$/);
      expect(controls.length).toBeGreaterThan(0);
      expect(new Set(controls).size).toBe(controls.length);
      for (const control of controls) expect(control).toMatch(/^\S(.*\S)?$/);
    }
  });

  it("has examples of both verdicts, each under its own name", ({ expect }) => {
    expect(all.pass?.length ?? 0).toBeGreaterThan(0);
    expect(fails.length).toBeGreaterThan(0);
    const names = cases.map(({ status, name }) => `${status}: ${name}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it.for(cases)("$status: $name", ({ status, one }, { expect }) => {
    const verdict = judge(check, one, nowOf(one));
    expect(statusOf(verdict)).toBe(status);
    if (verdict?.status === "unknown") expect(verdict.reason.trim()).not.toBe("");
  });

  const subjectOf = ({ by }: Example<CollectorId>): CollectorId | undefined =>
    by ?? (check.resources !== "every" && check.resources.length === 1 ? check.resources[0] : undefined);
  it("keeps something of everything it reads, as it is", ({ expect }) => {
    if (!check.reads) return expect(check.condense).toBeUndefined();
    expect(check.resources, "a check across services names its kinds").not.toBe("every");
    const kept = [...new Set([check.resources, check.reads].flat())].filter(
      (id) => !(id in collectors) || keepsOf(id as CollectorId) !== "dailyCosts",
    );
    expect(Object.keys(check.condense ?? {}).toSorted()).toEqual(kept.toSorted());
    for (const { one } of cases) {
      const subject = subjectOf(one);
      expect(subject, "an example says who found it").toBeDefined();
      // safe: the engine keeps plain members.
      const members =
        subject && (new Map(Object.entries(check.condense ?? {})).get(subject) as Keep | undefined)?.(one.found);
      const own = { ...one.found.attributes, ...one.found.observed } as Record<string, unknown>;
      for (const [name, value] of Object.entries(members ?? {})) expect(value, name).toBe(own[name]);
    }
  });
  const condensing = cases.flatMap(({ name, one }) => {
    const subject = check.condense && subjectOf(one);
    return subject ? [{ name, one, subject }] : [];
  });
  it.for(condensing)("says the same from what it keeps: $name", ({ one, subject }, { expect }) => {
    expect(judgeCondensed(check, one, subject)).toEqual(judge(check, one, nowOf(one)));
  });

  describe.for(fails)("fail: $name", ({ one }) => {
    it("has a summary, evidence and what the example expects", ({ expect }) => {
      const verdict = judge(check, one, nowOf(one));
      if (verdict?.status !== "fail") return expect(statusOf(verdict)).toBe("fail");
      expect(verdict.summary).toMatch(/^\S.*\.$/);
      expect(verdict.evidence.length).toBeGreaterThan(0);
      for (const { call, field } of verdict.evidence) {
        expect(call).toMatch(/^[a-z0-9-]+:\S+$/);
        expect(field).not.toBe("");
      }
      const plain: unknown = JSON.parse(JSON.stringify([verdict.details, verdict.evidence]));
      expect(plain, "details and evidence survive JSON").toEqual([verdict.details, verdict.evidence]);
      const { severity, exposure, savingsMonthly, details, variants } = one.expect ?? {};
      for (const name of check.decisive) expect(Object.keys(verdict.details), "decisive").toContain(name);
      for (const name of verdict.variants ?? []) expect(Object.keys(about?.variants ?? {})).toContain(name);
      if (exposure !== undefined) expect(verdict.exposure ?? "internal").toBe(exposure);
      if (variants !== undefined) expect(verdict.variants).toEqual(variants);
      if (severity !== undefined) expect(verdict.severity ?? check.severity).toBe(severity);
      if (savingsMonthly !== undefined) expect(verdict.savingsMonthly).toBe(savingsMonthly);
      if (details !== undefined) expect(verdict.details).toMatchObject(details);
      if (typeof verdict.savingsMonthly === "number") {
        expect(verdict.savingsMonthly).toBeGreaterThanOrEqual(0);
        expect(Number(verdict.savingsMonthly.toFixed(2)), "is in whole cents").toBe(verdict.savingsMonthly);
      }
    });

    it("says the same a day later", ({ expect }) => {
      const today = judge(check, one, nowOf(one));
      const tomorrow = judge(check, one, new Date(nowOf(one).getTime() + day));
      if (today?.status !== "fail" || tomorrow?.status !== "fail") return;
      if ((today.severity ?? check.severity) !== (tomorrow.severity ?? check.severity)) return;
      expect(tomorrow).toEqual(today);
    });

    it("can be read on any day", ({ expect }) => {
      const verdict = judge(check, one, nowOf(one));
      const details = verdict?.status === "fail" ? verdict.details : {};
      for (const days of [-400, 0, 1, 4000]) {
        const added = check.atRead?.(details, new Date(nowOf(one).getTime() + days * day)) ?? {};
        for (const value of Object.values(added)) expect(value).not.toBeNaN();
      }
    });
  });

  it("never passes what fails because a part of it could not be read", ({ expect }) => {
    for (const { one } of fails) {
      for (const [part, name] of readable(check, one.found)) {
        // safe: what a collector gives when that part was refused.
        const members = { ...one.found[part], [name]: undefined } as never;
        const verdict = judgeOrThrow(check, { ...one, found: { ...one.found, [part]: members } });
        expect(verdict, `${one.name}: without ${name}`).not.toBe("pass");
      }
    }
  });

  it("can be read when the details are not what they were", () => {
    for (const details of [{}, ...fails.flatMap(({ one }) => oddities(judge(check, one, nowOf(one))))]) {
      check.atRead?.(details, example.now);
    }
  });
});

const sources = import.meta.glob<string>("/src/collectors/*/*.ts", {
  eager: true,
  // @ts-expect-error vite reads files as text; the types at hand know fewer options
  query: "?raw",
  import: "default",
});
/** Members of a thing that its collector leaves `undefined` where a call was refused. */
function readable(check: SealedCheck, { attributes, observed = {} }: FoundBy<CollectorId>): [Part, string][] {
  const ids = check.resources === "every" ? [] : check.resources;
  const names = new Set(ids.flatMap(unreadable));
  const of = (part: Part, members: object): [Part, string][] =>
    Object.keys(members).flatMap((name): [Part, string][] => (names.has(name) ? [[part, name]] : []));
  return [...of("attributes", attributes), ...of("observed", observed)];
}

type Part = "attributes" | "observed";

function unreadable(id: CollectorId): string[] {
  const [folder, plural = ""] = id.split(".");
  const file = `/src/collectors/${folder}/${plural.replaceAll(/[A-Z0-9]+/g, (word) => `-${word.toLowerCase()}`)}.ts`;
  const text = sources[file];
  if (text === undefined) throw new Error(`${file} is not there`);
  const members = text.matchAll(/readonly (\w+)\??:[^;]*\bundefined\b[^;]*;/g);
  return [...members].flatMap(([, name]) => name ?? []);
}

/** The engine calls what throws unknown. */
function judgeOrThrow(check: SealedCheck, one: Example<CollectorId>): string {
  try {
    return statusOf(judge(check, one, nowOf(one)));
  } catch {
    return "unknown";
  }
}

/** The details of a fail with every member replaced: by nothing, by another type, by text that is no date. */
function oddities(verdict: Verdict): readonly Record<string, unknown>[] {
  if (verdict?.status !== "fail") return [];
  const names = Object.keys(verdict.details);
  return [null, 7, "soon", []].map((odd) => Object.fromEntries(names.map((name) => [name, odd])));
}

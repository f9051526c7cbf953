/// <reference types="vite/types/importMeta.d.ts" />
import { describe, it } from "vitest";
import { categories, severities, type Example, type Examples, type Verdict } from "#checks/check";
import { checks } from "#checks/registry";
import type { SealedCheck } from "#checks/sealed";
import { collectors, type CollectorId, type FoundBy } from "#collectors/registry";

interface CheckFile {
  readonly check: SealedCheck;
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
    others: (id) => {
      const list = lists.get(id);
      if (!list) throw new Error(`${check.id} asks for ${id}, which is not in its reads`);
      // safe: examples are typed by the collector whose id they stand under only loosely; a wrong one fails the verdict.
      return list as never;
    },
  });
}

type Kept = Readonly<Record<string, unknown>> | null;

/** What the engine hands on to the second wave of what one collector found; null: nothing. */
function condensed({ condense, resources }: SealedCheck, collector: CollectorId, found: FoundBy<CollectorId>): unknown {
  // safe: examples stand under the id of the collector that would have found them.
  const keep = condense?.[collector] as ((found: FoundBy<CollectorId>) => Kept) | undefined;
  const attributes = keep?.(found) ?? null;
  const { observed: _, ...rest } = found;
  return attributes && { ...rest, tags: resources.includes(collector) ? found.tags : {}, attributes };
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

describe.for(files)("%s", ([path, { check, examples }]) => {
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
    for (const words of [check.title, check.rationale, check.remediation]) expect(words.trim()).toMatch(/^\S.{9,}$/s);
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
    for (const [framework, controls] of Object.entries(check.controls)) {
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

  // From an example alone it cannot be told which collector found it, so a check across services judges one kind.
  const crossing = check.condense && check.resources !== "every" ? check.resources : [];
  it("judges one kind of resource if it reads across services", ({ expect }) => {
    expect(crossing).toHaveLength(check.condense ? 1 : 0);
  });
  it("keeps something of everything it reads, as it is", ({ expect }) => {
    if (!check.reads) return expect(check.condense).toBeUndefined();
    expect(Object.keys(check.condense ?? {}).toSorted()).toEqual(
      [...new Set([check.resources, check.reads].flat())].toSorted(),
    );
    for (const { one } of cases) {
      for (const subject of crossing) {
        // safe: the example stands under its subject.
        const kept = condensed(check, subject, one.found) as { attributes: object } | null;
        for (const [name, value] of Object.entries(kept?.attributes ?? {})) {
          expect(value, name).toBe((one.found.attributes as unknown as Record<string, unknown>)[name]);
        }
      }
    }
  });
  const condensing = crossing.flatMap((subject) => cases.map(({ name, one }) => ({ name, one, subject })));
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
      const { severity, savingsMonthly, details } = one.expect ?? {};
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

  it("can be read when the details are not what they were", () => {
    for (const details of [{}, ...fails.flatMap(({ one }) => oddities(judge(check, one, nowOf(one))))]) {
      check.atRead?.(details, example.now);
    }
  });
});

/** The details of a fail with every member replaced: by nothing, by another type, by text that is no date. */
function oddities(verdict: Verdict): readonly Record<string, unknown>[] {
  if (verdict?.status !== "fail") return [];
  const names = Object.keys(verdict.details);
  return [null, 7, "soon", []].map((odd) => Object.fromEntries(names.map((name) => [name, odd])));
}

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checks } from "#checks/registry";
import { severities, type Severity } from "#checks/check";
import { frameworks } from "#frameworks/registry";
import { complianceScoreOf, controlScoreOf, type ControlEvidence, type Verdicts } from "#scores/compliance";
import { about } from "../support/about.ts";
import { checkEvidence, evidenceIn } from "#scores/controls";

const counted = (pass: number, fail: number, unknown = 0) => ({ pass, fail, unknown });
const of = (id: string, severity: Severity): ControlEvidence => ({
  id,
  evidence: [{ check: id, variant: null, severity }],
});

describe("a framework's score", () => {
  it("is that of the worked example", () => {
    const controls = [of("a", "critical"), of("b", "high"), of("c", "medium"), of("d", "low"), of("e", "high")];
    const verdicts = { a: counted(1, 0), b: counted(90, 10), c: counted(0, 1), d: counted(5, 0), e: counted(0, 0, 7) };
    const scores = controls.map((control) => controlScoreOf(control, verdicts));
    expect(complianceScoreOf(scores)).toMatchObject({
      score: 82,
      controlsPassed: 50,
      controlsPassedWithExceptions: 50,
      coverage: 80,
      controls: { total: 5, passed: 2, failed: 2, not_assessed: 1, not_covered: 0 },
    });
    expect(complianceScoreOf(scores).parts).toEqual([
      { severity: "critical", weight: 10, controlsAssessed: 1, passRates: 1 },
      { severity: "high", weight: 6, controlsAssessed: 1, passRates: 0.9 },
      { severity: "medium", weight: 3, controlsAssessed: 1, passRates: 0 },
      { severity: "low", weight: 1, controlsAssessed: 1, passRates: 1 },
    ]);
  });

  it("is null without evidence, and what is not listed is not covered", () => {
    const scores = [
      controlScoreOf(of("a", "low"), { a: counted(0, 0, 3) }),
      controlScoreOf({ id: "b", evidence: [] }, {}),
    ];
    expect(complianceScoreOf(scores, { all: 10 })).toEqual({
      score: null,
      controlsPassed: null,
      controlsPassedWithExceptions: null,
      coverage: 0,
      controls: { total: 10, passed: 0, failed: 0, not_assessed: 1, not_covered: 9 },
      parts: [],
    });
  });

  it("counts fails that are excepted as passed beside, never instead", () => {
    const verdicts = { a: counted(3, 2), b: counted(0, 1) };
    const scores = [controlScoreOf(of("a", "high"), verdicts, { a: 2 }), controlScoreOf(of("b", "high"), verdicts)];
    expect(complianceScoreOf(scores)).toMatchObject({ score: 30, controlsPassed: 0, controlsPassedWithExceptions: 50 });
    expect(complianceScoreOf(scores, { exceptions: false }).controlsPassedWithExceptions).toBeNull();
  });

  it("counts against a control only the fails that name its variant", () => {
    const check = {
      id: "policy",
      severity: "medium" as const,
      controls: { f: ["1"] },
      variants: { length: { f: ["1", "2"] }, reuse: { f: ["3"] } },
    };
    const verdicts = { policy: counted(1, 4, 2), "policy/length": counted(0, 3) };
    const scores = (evidenceIn([check]).get("f") ?? []).map((control) => controlScoreOf(control, verdicts));
    expect(scores.map(({ id, passRate, state }) => [id, passRate, state])).toEqual([
      ["1", 0.2, "failed"],
      ["2", 0.4, "failed"],
      ["3", 1, "passed"],
    ]);
    expect(scores[1]?.evidence).toEqual([
      { check: "policy", variant: "length", severity: "medium", passed: 2, failed: 3, unknown: 2, excepted: 0 },
    ]);
  });
});

const count = fc.record({ pass: fc.nat(50), fail: fc.nat(50), unknown: fc.nat(5) });
const mapping = fc.uniqueArray(
  fc.record({
    id: fc.stringMatching(/^[a-e]\d$/),
    severity: fc.constantFrom(...severities),
    controls: fc.uniqueArray(fc.constantFrom<string>("c1", "c2", "c3", "c4"), { maxLength: 3 }),
    variants: fc.dictionary(
      fc.constantFrom("x", "y"),
      fc.uniqueArray(fc.constantFrom<string>("c1", "c5"), { maxLength: 2 }),
    ),
    counts: count,
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    excepted: fc.nat(60),
  }),
  { selector: ({ id }) => id, maxLength: 8 },
);
type Mapping = typeof mapping extends fc.Arbitrary<infer T> ? T : never;

/** The same, resource by resource: every verdict is written out, and controls are asked one by one. */
function slowly(all: Mapping, total: number) {
  const weight = { critical: 10, high: 6, medium: 3, low: 1 };
  const rows = ["c1", "c2", "c3", "c4", "c5"].map((control) => {
    const mapped = all.filter(
      ({ controls, variants }) =>
        controls.includes(control) || Object.values(variants).some((ids) => ids.includes(control)),
    );
    const outcomes: boolean[] = [];
    let openFails = 0;
    for (const { controls, variants, counts, share, excepted } of mapped) {
      const pieces = controls.includes(control)
        ? [counts.fail]
        : Object.values(variants)
            .filter((ids) => ids.includes(control))
            .map(() => Math.floor(counts.fail * share));
      for (const fails of pieces) {
        for (let resource = 0; resource < counts.pass + counts.fail; resource += 1) outcomes.push(resource >= fails);
        openFails += Math.max(0, fails - excepted);
      }
    }
    return { outcomes, openFails, weight: Math.max(0, ...mapped.map(({ severity }) => weight[severity])) };
  });
  const seen = rows.filter(({ outcomes }) => outcomes.length > 0);
  if (seen.length === 0) return { score: null, controlsPassed: null, withExceptions: null, coverage: 0 };
  const rate = (outcomes: readonly boolean[]) => outcomes.filter(Boolean).length / outcomes.length;
  const upper = seen.map((row) => row.weight * rate(row.outcomes)).reduce((a, b) => a + b, 0);
  const lower = seen.map((row) => row.weight).reduce((a, b) => a + b, 0);
  return {
    score: (100 * upper) / lower,
    controlsPassed: (100 * seen.filter(({ outcomes }) => outcomes.every(Boolean)).length) / seen.length,
    withExceptions: (100 * seen.filter(({ openFails }) => openFails === 0).length) / seen.length,
    coverage: (100 * seen.length) / total,
  };
}

describe("any framework's score", () => {
  it("is what writing out every verdict gives, and stays between 0 and 100", () => {
    fc.assert(
      fc.property(mapping, fc.integer({ min: 5, max: 20 }), (all, total) => {
        const verdicts: Record<string, { pass: number; fail: number; unknown: number }> = {};
        const excepted: Record<string, number> = {};
        for (const { id, counts, variants, share, excepted: many } of all) {
          verdicts[id] = counts;
          excepted[id] = many;
          for (const name of Object.keys(variants)) {
            verdicts[`${id}/${name}`] = counted(0, Math.floor(counts.fail * share));
            excepted[`${id}/${name}`] = many;
          }
        }
        const declared = all.map(({ id, severity, controls, variants }) => ({
          id,
          severity,
          controls: { f: controls },
          variants: Object.fromEntries(Object.entries(variants).map(([name, ids]) => [name, { f: ids }])),
        }));
        const controls = evidenceIn(declared).get("f") ?? [];
        const scores = controls.map((control) => controlScoreOf(control, verdicts as Verdicts, excepted));
        const ours = complianceScoreOf(scores, { all: total });
        const theirs = slowly(all, total);
        const near = (a: number | null, b: number | null) =>
          a === null || b === null ? expect(a).toBe(b) : expect(Math.abs(a - b)).toBeLessThan(0.0501);
        near(ours.score, theirs.score);
        near(ours.controlsPassed, theirs.controlsPassed);
        near(ours.controlsPassedWithExceptions, theirs.withExceptions);
        near(ours.coverage, theirs.coverage);
        const { total: all_, ...states } = ours.controls;
        expect(Object.values(states).reduce((a, b) => a + b, 0)).toBe(all_);
      }),
      { numRuns: 300 },
    );
  });
});

describe("the checks' controls", () => {
  it("are controls of frameworks that are known", () => {
    expect([...checkEvidence(about).keys()].filter((id) => !frameworks.some((one) => one.id === id))).toEqual([]);
  });

  it("name a check only once for a control, and every check that serves it", () => {
    for (const [framework, controls] of checkEvidence(about)) {
      for (const { id, evidence } of controls) {
        const whole = evidence.filter(({ variant }) => variant === null).map(({ check }) => check);
        expect(new Set(whole).size).toBe(whole.length);
        const serving = checks.filter((check) => (about[check.id]?.controls[framework] ?? []).includes(id));
        expect(whole.toSorted()).toEqual(serving.map((check) => check.id).toSorted());
      }
    }
  });
});

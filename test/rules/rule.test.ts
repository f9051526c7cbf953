import fc from "fast-check";
import { Environment } from "@marcbachmann/cel-js";
import { describe, it } from "vitest";
import type { RuleCondition } from "#db/values";
import { Environment as Bundled } from "../../scripts/bundle/cel.js";
import { compileExpression } from "#rules/cel";
import { conditionProblems } from "#rules/condition";
import { Meter, stepsMax } from "#rules/meter";
import { operatorNames } from "#rules/operators";
import { compileRule, type RuleVerdict } from "#rules/rule";
import type { RuleSubject } from "#rules/subject";

const now = new Date("2026-11-01T00:00:00Z");

const subjectWith = (attributes: Record<string, unknown>, more: Partial<RuleSubject> = {}): RuleSubject => ({
  id: "8d2c8f6e-4b0a-8f3e-9a53-1f2f0f6f2b11",
  arn: null,
  name: "data",
  state: "available",
  region: "eu-west-1",
  service: "ec2",
  resourceType: "AWS::EC2::Volume",
  createdAt: "2026-01-01T00:00:00Z",
  expiresAt: null,
  costMonthly: 8.8,
  tags: { env: "prod", "aws:created.by": "me" },
  attributes,
  ...more,
});

const subject = subjectWith({
  size: 100,
  encrypted: false,
  kmsKeyId: null,
  unread: undefined,
  ports: [22, 443],
  seenAt: "2026-10-25T00:00:00.000Z",
  rules: [
    { port: 22, sources: ["0.0.0.0/0", "10.0.0.0/8"] },
    { port: 443, sources: [] },
  ],
});

const judged = (condition: RuleCondition, of = subject): RuleVerdict =>
  compileRule({ condition, expression: null }).judge(of, now);
const evaluated = (expression: string, of = subject, meter = new Meter()): RuleVerdict =>
  compileRule({ condition: null, expression }).judge(of, now, meter);
const refused = (expression: string): string | null => {
  const compiled = compileExpression(expression);
  return "message" in compiled ? compiled.message : null;
};

describe("a condition", () => {
  it.for([
    ["name", "equals", "data", "fail"],
    ["name", "equals", "Data", "pass"],
    ["name", "not_equals", "data", "pass"],
    ["arn", "equals", null, "fail"],
    ["arn", "exists", undefined, "pass"],
    ["arn", "not_exists", undefined, "fail"],
    ["name", "contains", "at", "fail"],
    ["arn", "contains", "x", "pass"],
    ["arn", "not_contains", "x", "fail"],
    ["attributes.ports", "contains", 22, "fail"],
    ["attributes.ports", "not_contains", 80, "fail"],
    ["attributes.size", "contains", "1", "unknown"],
    ["name", "starts_with", "da", "fail"],
    ["name", "ends_with", "ta", "fail"],
    ["name", "matches", "d*t*", "fail"],
    ["name", "matches", "d*x", "pass"],
    ["region", "in", ["eu-west-1", "eu-central-1"], "fail"],
    ["region", "not_in", ["eu-west-1"], "pass"],
    ["attributes.size", "greater_than", 99, "fail"],
    ["attributes.size", "greater_than", 100, "pass"],
    ["attributes.size", "greater_or_equal", 100, "fail"],
    ["attributes.size", "less_than", 100, "pass"],
    ["attributes.size", "less_or_equal", 100, "fail"],
    ["attributes.kmsKeyId", "greater_than", 1, "pass"],
    ["name", "greater_than", 1, "unknown"],
    ["createdAt", "less_than", "2026-02-01", "fail"],
    ["createdAt", "older_than_days", 303, "fail"],
    ["createdAt", "older_than_days", 304, "pass"],
    ["expiresAt", "within_days", 30, "pass"],
    ["attributes.seenAt", "within_days", 7, "fail"],
    ["attributes.seenAt", "within_days", 6, "pass"],
    ["name", "older_than_days", 1, "unknown"],
    ["tags.env", "equals", "prod", "fail"],
    ["tags.aws:created.by", "equals", "me", "fail"],
    ["tags.owner", "not_exists", undefined, "fail"],
    ["tags.owner", "not_equals", "x", "fail"],
    ["attributes.unread", "equals", 1, "unknown"],
    ["attributes.unread", "exists", undefined, "unknown"],
    ["attributes.unread", "not_exists", undefined, "unknown"],
    ["attributes.unread", "not_equals", 1, "unknown"],
    ["attributes.never", "not_exists", undefined, "unknown"],
    ["attributes.rules.0.port", "equals", 22, "fail"],
    ["attributes.rules.7.port", "exists", undefined, "pass"],
    ["attributes.rules.*.port", "equals", 443, "fail"],
    ["attributes.rules.*.sources.*", "equals", "0.0.0.0/0", "fail"],
    ["attributes.rules.*.sources.*", "equals", "1.0.0.0/0", "pass"],
    ["attributes.rules.*.protocol", "equals", "tcp", "unknown"],
    ["costMonthly", "greater_than", 8, "fail"],
  ] as const)("%s %s %j: %s", ([field, operator, value, status], { expect }) => {
    const condition = { field, operator, ...(value === undefined ? {} : { value }) };
    expect(conditionProblems(condition)).toEqual([]);
    expect(judged(condition).status).toBe(status);
  });

  it("says which fields it read", ({ expect }) => {
    const condition = {
      all: [
        { field: "attributes.rules.*.port", operator: "equals", value: 443 },
        { field: "tags.owner", operator: "not_exists" },
      ],
    };
    expect(judged(condition)).toEqual({
      status: "fail",
      reads: [
        { field: "attributes.rules.1.port", value: 443 },
        { field: "tags.owner", value: null },
      ],
    });
  });

  const leaf = fc.constantFrom<readonly [RuleCondition, boolean | null]>(
    [{ field: "name", operator: "equals", value: "data" }, true],
    [{ field: "name", operator: "equals", value: "other" }, false],
    [{ field: "attributes.unread", operator: "equals", value: 1 }, null],
  );
  const { tree } = fc.letrec<{ tree: readonly [RuleCondition, boolean | null] }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      leaf,
      tie("tree").map(([one, holds]) => [{ not: one }, holds === null ? null : !holds] as const),
      fc.array(tie("tree"), { minLength: 1, maxLength: 4 }).map((all) => {
        const values = new Set(all.map(([, holds]) => holds));
        const holds = values.has(false) ? false : values.has(null) ? null : true;
        return [{ all: all.map(([one]) => one) }, holds] as const;
      }),
      fc.array(tie("tree"), { minLength: 1, maxLength: 4 }).map((any) => {
        const values = new Set(any.map(([, holds]) => holds));
        const holds = values.has(true) ? true : values.has(null) ? null : false;
        return [{ any: any.map(([one]) => one) }, holds] as const;
      }),
    ),
  }));

  it("is true, false or not known as three-valued logic has it", ({ expect }) => {
    fc.assert(
      fc.property(tree, ([condition, holds]) => {
        expect(judged(condition).status).toBe(holds === null ? "unknown" : holds ? "fail" : "pass");
      }),
    );
  });

  it("that is anything at all is refused or judged, within its steps", ({ expect }) => {
    const anyLeaf = fc.record({
      field: fc.oneof(
        fc.constantFrom(
          "name",
          "tags.a",
          "attributes.ports.*",
          "attributes.rules.*.sources.*",
          "createdAt",
          "attributes.size",
        ),
        fc.string(),
      ),
      operator: fc.oneof(fc.constantFrom(...operatorNames), fc.string()),
      value: fc.jsonValue(),
    });
    const hostile = fc.oneof(
      anyLeaf,
      fc.jsonValue(),
      fc.record({ all: fc.array(anyLeaf) }),
      fc.record({ not: anyLeaf }),
    );
    fc.assert(
      fc.property(hostile, (condition) => {
        if (conditionProblems(condition).length > 0) return;
        const meter = new Meter();
        const verdict = compileRule({ condition: condition as RuleCondition, expression: null }).judge(
          subject,
          now,
          meter,
        );
        expect(["pass", "fail", "unknown"]).toContain(verdict.status);
        expect(meter.steps).toBeLessThanOrEqual(stepsMax);
      }),
      { numRuns: 1_000 },
    );
  });

  it("is refused where it is deep, wide or of no known form, and says where", ({ expect }) => {
    const deep = (levels: number): unknown =>
      levels === 0 ? { field: "name", operator: "exists" } : { not: deep(levels - 1) };
    expect(conditionProblems(deep(7))).toEqual([]);
    expect(conditionProblems(deep(8))[0]?.message).toContain("deeper than 8");
    expect(conditionProblems(deep(5_000))[0]?.message).toContain("deeper than 8");
    const leaves = (count: number) => Array.from({ length: count }, () => ({ field: "name", operator: "exists" }));
    expect(conditionProblems({ any: leaves(50) })).toEqual([]);
    expect(conditionProblems({ all: [{ any: leaves(26) }, { any: leaves(26) }] })[0]?.message).toContain(
      "more than 50",
    );
    expect(conditionProblems({ all: [{ field: "owner", operator: "exists" }] })[0]?.path).toEqual(["all", 0, "field"]);
    expect(conditionProblems({ field: "name", operator: "like", value: "x" })[0]?.path).toEqual(["operator"]);
    expect(conditionProblems({ field: "name", operator: "in", value: "x" })[0]?.path).toEqual(["value"]);
    for (const nothing of [null, 3, "x", [], {}, { all: [] }, { all: {} }, { field: "name" }])
      expect(conditionProblems(nothing).length).toBeGreaterThan(0);
  });
});

describe("an expression", () => {
  it.for([
    ["resource.attributes.size > 99", "fail"],
    ["resource.attributes.size * 2 == 200", "fail"],
    ["22 in resource.attributes.ports", "fail"],
    ["resource.attributes.rules.exists(r, r.port == 22 && '0.0.0.0/0' in r.sources)", "fail"],
    ["resource.attributes.rules.all(r, r.port < 100)", "pass"],
    ["resource.attributes.rules.filter(r, r.port > 100).size() == 1", "fail"],
    ["resource.attributes.rules.exists_one(r, r.port == 443)", "fail"],
    ["resource.attributes.rules.map(r, r.port).exists(p, p == 443)", "fail"],
    ["!has(resource.tags.owner)", "fail"],
    ["!('owner' in resource.tags)", "fail"],
    ["resource.tags.env == 'prod'", "fail"],
    ["resource.tags.owner == 'me'", "unknown"],
    ["has(resource.attributes.unread)", "unknown"],
    ["resource.attributes.unread == 1 || resource.name == 'data'", "fail"],
    ["resource.attributes.unread == 1 && resource.name == 'other'", "pass"],
    ["resource.attributes.unread == 1", "unknown"],
    ["resource.attributes.kmsKeyId == null", "fail"],
    ["now - resource.createdAt > duration('720h')", "fail"],
    ["has(resource.expiresAt) && resource.expiresAt < now", "pass"],
    ["timestamp(resource.attributes.seenAt) > now - duration('240h')", "fail"],
    ["resource.name.glob('d*a')", "fail"],
    ["resource.name.lowerAscii().startsWith('da')", "fail"],
    ["resource.costMonthly > 8", "fail"],
    ["resource.attributes.name == 1", "unknown"],
    ["resource.attributes.rules[9].port == 1", "unknown"],
    ["resource.attributes.size", "unknown"],
    ["1 / (size(resource.name) - 4) == 1", "unknown"],
  ] as const)("%s: %s", ([expression, status], { expect }) => {
    expect(refused(expression)).toBeNull();
    expect(evaluated(expression).status).toBe(status);
  });

  it.for([
    ["resource.name.matches('(a+)+$')", "matches() is not taken"],
    ["cel.bind(x, 1, x == 1)", "bind() is not known"],
    ["resource.owner == 1", "has no owner; known: id"],
    ["resource.id + 1 == 2", "string + number makes nothing"],
    ["resource.id == 1", "string is never number"],
    ["now > 1", "have no order"],
    ["resource.id && true", "bool is wanted here, and this is string"],
    ["size(resource.id, 1) == 1", "one argument"],
    ["resource.name.contains() == true", "takes 1 arguments"],
    ["has(resource)", "takes a member"],
    ["resource.attributes.a.exists(1, true)", "variable"],
    ["size(5) == 1", "is wanted here"],
    ["resource.tags[1] == 'a'", "string is wanted here"],
    ["resource.id", "is string"],
    ["resource.id == ", "EOF"],
    ["process.exit()", "exit() is not known"],
    ["x == 1", "x is not known"],
    ["b'a' == b'b'", "Bytes"],
    ["1u == 1u", "unsigned"],
    ["'a'.split('').size() == 1", "split() is not known"],
    ["constructor == 1", "constructor is not known"],
    ["resource.name.constructor()", "constructor() is not known"],
    ["toString()", "toString() is not known"],
    [`${"(".repeat(200)}true${")".repeat(200)}`, "maxDepth"],
    [`${"!".repeat(1_990)}true`, "maxAstNodes"],
    [`1${"+1".repeat(900)}==1`, "maxAstNodes"],
    [`${"[".repeat(900)}1${"]".repeat(900)} == [1]`, "maxDepth"],
    [`resource.attributes${".a".repeat(500)} == 1`, "maxDepth"],
    [`1 in [${"1,".repeat(150)}1]`, "maxListElements"],
    [`'${"x".repeat(2_000)}' == resource.name`, "longer than 2000"],
  ] as const)("%s is refused: %s", ([expression, message], { expect }) => {
    expect(refused(expression)).toContain(message);
  });

  it("is refused or judged whatever it says, within its steps", ({ expect }) => {
    const word = fc.constantFrom(
      ..."resource now . ( ) [ ] { } , : ? ! - + * / % == != < in && || exists all map filter has size r x tags attributes ports rules name 1 2.5 'a' null true 0x 1u r' \" \\ timestamp duration".split(
        " ",
      ),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word, { maxLength: 30 }).map((words) => words.join(" ")),
        ),
        (source) => {
          const meter = new Meter();
          expect(["pass", "fail", "unknown"]).toContain(evaluated(source, subject, meter).status);
          expect(meter.steps).toBeLessThanOrEqual(stepsMax);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  /** The expressions that took their authors' machines down. Steps are counted, not time. */
  it.for([
    "resource.attributes.many.all(a, resource.attributes.many.all(b, resource.attributes.many.all(c, a + b + c > 0)))",
    "resource.attributes.many.exists(a, a in resource.attributes.many && false)",
    "resource.attributes.many.map(a, resource.attributes.many).map(b, b + b).map(c, c + c).size() > 0",
    `[resource.name]${".map(x, x + x)".repeat(20)}.exists(x, x.size() > 1)`,
    "resource.attributes.many.exists(a, resource.attributes == resource.attributes && false)",
    "resource.attributes.many.exists(a, resource.attributes.long.contains(resource.attributes.part))",
    "resource.attributes.many.exists(a, resource.attributes.long.glob('*a*a*a*a*a*a*a*b'))",
    "resource.attributes.many.exists(a, resource.attributes.long.size() < 0)",
    "resource.attributes.many.exists(a, resource.attributes.many.exists(b, true) && false)",
    "resource.attributes.many.exists(a, resource.attributes.never == a)",
    "resource.attributes.map.exists(a, resource.attributes.map.exists(b, true) && false)",
  ])("%s ends as unknown within its steps", (expression, { expect }) => {
    const large = subjectWith({
      many: Array.from({ length: 3_000 }, (_, n) => n + 1),
      long: "a".repeat(100_000),
      part: `${"a".repeat(500)}b`,
      map: Object.fromEntries(Array.from({ length: 3_000 }, (_, n) => [`k${n}`, n])),
    });
    const meter = new Meter();
    expect(refused(expression)).toBeNull();
    expect(evaluated(expression, large, meter)).toMatchObject({
      status: "unknown",
      reason: expect.stringContaining("steps"),
    });
    // The last operator may have been begun.
    expect(meter.steps).toBeLessThan(stepsMax + 70_000);
  });

  it("takes steps in proportion to what it looks at", ({ expect }) => {
    const stepsOver = (count: number): number => {
      const meter = new Meter(1e9);
      const of = subjectWith({ rules: Array.from({ length: count }, () => ({ port: 80, sources: ["10.0.0.0/8"] })) });
      evaluated("resource.attributes.rules.exists(r, r.port == 22 && '0.0.0.0/0' in r.sources)", of, meter);
      return meter.steps;
    };
    expect(stepsOver(400) / stepsOver(100)).toBeLessThan(4.1);
    expect(stepsOver(400)).toBeLessThan(stepsMax / 2);
  });

  /** Expressions over what both know. */
  const number = fc.integer({ min: -20, max: 20 }).map(String);
  const { bool } = fc.letrec<{ bool: string; int: string; list: string }>((tie) => ({
    int: fc.oneof(
      { maxDepth: 3 },
      number,
      fc.constant("n"),
      fc
        .tuple(tie("int"), fc.constantFrom("+", "-", "*", "/", "%"), tie("int"))
        .map(([a, op, b]) => `(${a} ${op} ${b})`),
      tie("list").map((list) => `size(${list})`),
      fc.tuple(tie("bool"), tie("int"), tie("int")).map(([test, a, b]) => `(${test} ? ${a} : ${b})`),
    ),
    list: fc.oneof(
      { maxDepth: 2 },
      fc.constant("l"),
      fc.array(number, { minLength: 1, maxLength: 4 }).map((all) => `[${all.join(", ")}]`),
      fc.tuple(tie("list"), tie("bool")).map(([list, test]) => `${list}.filter(n, ${test})`),
      fc.tuple(tie("list"), tie("int")).map(([list, value]) => `${list}.map(n, ${value})`),
      fc.tuple(tie("list"), tie("list")).map(([a, b]) => `(${a} + ${b})`),
    ),
    bool: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom("true", "false"),
      fc
        .tuple(tie("int"), fc.constantFrom("==", "!=", "<", "<=", ">", ">="), tie("int"))
        .map(([a, op, b]) => `(${a} ${op} ${b})`),
      fc.tuple(tie("bool"), fc.constantFrom("&&", "||"), tie("bool")).map(([a, op, b]) => `(${a} ${op} ${b})`),
      tie("bool").map((one) => `!${one}`),
      fc.tuple(tie("int"), tie("list")).map(([a, list]) => `(${a} in ${list})`),
      fc.tuple(tie("list"), tie("list")).map(([a, b]) => `(${a} == ${b})`),
      fc
        .tuple(tie("list"), fc.constantFrom("exists", "all", "exists_one"), tie("bool"))
        .map(([list, loop, test]) => `${list}.${loop}(n, ${test})`),
    ),
  }));

  it("is not taken where the library says that it could never be", ({ expect }) => {
    const library = new Environment({ homogeneousAggregateLiterals: false })
      .registerType("Resource", {
        fields: { id: "string", createdAt: "google.protobuf.Timestamp", attributes: "map<string, dyn>" },
      })
      .registerVariable("resource", "Resource")
      .registerVariable("now", "google.protobuf.Timestamp");
    const atoms = [
      "1",
      "'a'",
      "true",
      "now",
      "resource.id",
      "resource.createdAt",
      "resource.attributes",
      "resource.attributes.a",
      "[1]",
      "duration('1h')",
    ];
    const operators = ["+", "-", "*", "<", "==", "&&", "||", "in"];
    const pairs = atoms.flatMap((a) => operators.flatMap((op) => atoms.map((b) => [a, op, b] as const)));
    // CEL adds a duration and a timestamp in either order, the library in one. What is of another type is not in a list.
    const isKnown = ([a, op, b]: (typeof pairs)[number]): boolean =>
      op === "in" || (a.startsWith("duration") && op === "+" && ["now", "resource.createdAt"].includes(b));
    const taken = pairs
      .filter((pair) => !isKnown(pair))
      .map(([a, op, b]) => `(${a} ${op} ${b}) == true`)
      .filter((source) => refused(source) === null && !library.check(source).valid);
    // What only the library refuses never holds.
    for (const source of taken) expect(evaluated(source).status, source).toBe("unknown");
    expect(pairs.filter((pair) => refused(`(${pair.join(" ")}) == true`) !== null).length).toBeGreaterThan(400);
  });

  it("parses in the bundle as in the library", ({ expect }) => {
    const limits = { maxAstNodes: 250, maxDepth: 24 };
    const [bundled, library] = [new Bundled({ limits }), new Environment({ limits })];
    const shape = (node: unknown): unknown =>
      Array.isArray(node)
        ? node.map(shape)
        : node !== null && typeof node === "object" && "op" in node
          ? [node.op, shape((node as unknown as { args: unknown }).args)]
          : String(node);
    for (const source of [
      "resource.a.exists(r, r.b == 22 && !has(r.c))",
      "[1, 2.5, 'x'].map(x, x > 1, x + 1)[0] ? {'a': null} : -now",
    ])
      expect(shape(bundled.parse(source).ast)).toEqual(shape(library.parse(source).ast));
  });

  it("says what the library itself says of it", ({ expect }) => {
    const library = new Environment();
    fc.assert(
      fc.property(bool, (expression) => {
        const source = expression.replaceAll(/\bl\b/g, "[1, 2, 3]").replaceAll(/\bn\b(?!,)/g, "n");
        const whole = `[4, 5].exists(n, ${source})`;
        if (refused(whole) !== null) return;
        const [ours, theirs] = [evaluated(whole).status, outcomeOf(() => library.evaluate(whole) as unknown)];
        expect(ours, whole).toBe(theirs);
      }),
      { numRuns: 1_000 },
    );
  });

  const outcomeOf = (run: () => unknown): string => {
    try {
      return run() === true ? "fail" : "pass";
    } catch {
      return "unknown";
    }
  };
});

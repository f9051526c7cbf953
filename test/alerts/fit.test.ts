import * as fc from "fast-check";
import { describe, it } from "vitest";
import { fitted, messageBytesMax } from "#alerts/fit";
import type { AlertItem, AlertMessage } from "#db/values";

const bytes = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value)).length;

/** Texts of any length, of characters that JSON and UTF-8 make many bytes of. */
const hostile = fc
  .tuple(
    fc.constantFrom("a", "\u0000", "\u{1F4A5}", "ß", '"', "\\", "\uD800", "字"),
    fc.integer({ min: 0, max: 30_000 }),
  )
  .map(([unit, count]) => unit.repeat(count));
const text = fc.oneof(fc.string({ unit: "binary", maxLength: 40 }), hostile);
const orNull = fc.option(text, { nil: null });

const item: fc.Arbitrary<AlertItem> = fc.record({
  kind: fc.constantFrom("finding", "resource"),
  id: fc.uuid(),
  title: text,
  summary: text,
  severity: fc.constantFrom("critical", "high", null),
  awsAccountId: fc.constantFrom("123456789012", null),
  accountName: orNull,
  region: fc.constantFrom("eu-west-1", null),
  resourceName: orNull,
  resourceArn: orNull,
  evidence: fc.array(fc.record({ call: text, field: text, value: fc.oneof(fc.jsonValue(), text) }), { maxLength: 5 }),
  fix: orNull,
});

const message: fc.Arbitrary<AlertMessage> = fc.record({
  alertId: fc.uuid(),
  ruleId: fc.uuid(),
  ruleName: text,
  status: fc.constantFrom("open", "acknowledged", "resolved"),
  severity: fc.constantFrom("critical", "low"),
  title: text,
  summary: text,
  group: orNull,
  runId: fc.option(fc.uuid(), { nil: null }),
  at: fc.constant("2026-11-23T08:00:00.000Z"),
  active: fc.nat(),
  fresh: fc.nat(),
  items: fc.array(item, { maxLength: 14 }),
  omitted: fc.nat({ max: 100_000 }),
});

describe("a message", () => {
  it("stays within 18 kB whatever is in it, and counts what it leaves out", ({ expect }) => {
    fc.assert(
      fc.property(message, (whole) => {
        const told = fitted(whole);
        expect(bytes(told)).toBeLessThanOrEqual(messageBytesMax);
        expect(told.items.length).toBeLessThanOrEqual(10);
        expect(told.items.length + told.omitted).toBe(whole.items.length + whole.omitted);
        expect(told.items.map(({ id }) => id)).toEqual(whole.items.slice(0, told.items.length).map(({ id }) => id));
        for (const { evidence } of told.items) expect(evidence.length).toBeLessThanOrEqual(3);
        expect(JSON.stringify(told)).toBe(JSON.stringify(told).toWellFormed());
      }),
      { numRuns: 150 },
    );
  });

  it("of ordinary size is told as it is", ({ expect }) => {
    const one: AlertItem = {
      ...{ kind: "finding", id: "a", title: "Bucket is public", summary: "Anybody may read it.", severity: "high" },
      ...{
        awsAccountId: "123456789012",
        accountName: "Production",
        region: "eu-west-1",
        resourceName: "b",
        resourceArn: "arn:aws:s3:::b",
      },
      ...{ evidence: [{ call: "s3:GetBucketAcl", field: "Grants", value: ["AllUsers"] }], fix: "Block public access." },
    };
    const whole: AlertMessage = {
      ...{
        alertId: "1",
        ruleId: "2",
        ruleName: "R",
        status: "open",
        severity: "high",
        title: "R: 10 findings",
        summary: "10 findings.",
      },
      ...{
        group: null,
        runId: null,
        at: "2026-11-23T08:00:00.000Z",
        active: 10,
        fresh: 10,
        items: Array.from({ length: 10 }, () => one),
        omitted: 0,
      },
    };
    expect(fitted(whole)).toEqual(whole);
  });
});

import * as fc from "fast-check";
import { describe, it } from "vitest";
import type { CollectorId } from "#collectors/registry";
import { newId } from "#lib/id";
import { packed, seenIn } from "#scans/seen";
import { partIds, placeOf, shared, type Left } from "#scans/work";

const ids: readonly CollectorId[] = [
  "ec2.volumes",
  "ec2.instances",
  "iam.users",
  "s3.buckets",
  "kms.keys",
  "lambda.functions",
];
const left = fc.uniqueArray(fc.constantFrom(...ids), { maxLength: 6 }).chain((collectors) =>
  fc.tuple(
    ...collectors.map((collector) =>
      fc.record({
        collector: fc.constant(collector),
        from: fc.option(fc.record({ NextToken: fc.string({ minLength: 1 }) }), { nil: null }),
        items: fc.array(fc.record({ name: fc.string({ maxLength: 40 }) }), { maxLength: 60 }),
        callsPerItem: fc.double({ min: 1, max: 12, noNaN: true }),
        batch: fc.constantFrom(1, 5, 10),
      }),
    ),
  ),
);
const fresh = fc.uniqueArray(fc.constantFrom(...ids), { maxLength: 6 });
const callsMax = fc.integer({ min: 1, max: 50 });

const cutInto = (callsMax: number, tasksAtOnce = 1) => ({ callsMax, tasksAtOnce, callsOf: () => 1 });

describe("what a task hands on", () => {
  it("is everything that is left, each piece once", ({ expect }) => {
    fc.assert(
      fc.property(left, fresh, callsMax, (begun, begin, most) => {
        const works = shared({ begun, fresh: begin }, cutInto(most));
        expect(works.flatMap((work) => work.fresh).toSorted()).toEqual(begin.toSorted());
        const services = works.flatMap((work) => [...new Set(work.fresh.map((id) => id.split(".")[0]))]);
        expect(new Set(services).size).toBe(services.length);
        for (const one of begun as readonly Left[]) {
          const own = works.flatMap((work) => work.begun).filter(({ collector }) => collector === one.collector);
          const sorted = (items: readonly unknown[]) => items.map((item) => JSON.stringify(item)).toSorted();
          expect(sorted(own.flatMap(({ items }) => items))).toEqual(sorted(one.items));
          expect(own.flatMap(({ from }) => (from ? [from] : []))).toEqual(one.from ? [one.from] : []);
        }
      }),
    );
  });

  it("is shared out so that no task has more to do than it may, unless one batch alone is more", ({ expect }) => {
    fc.assert(
      fc.property(left, fresh, callsMax, (begun, begin, most) => {
        const costOf = new Map((begun as readonly Left[]).map((one) => [one.collector, one]));
        for (const work of shared({ begun, fresh: begin }, cutInto(most))) {
          const pieces = work.begun.map(({ collector, from, items }) => {
            const { callsPerItem = 1, batch = 1 } = costOf.get(collector) ?? {};
            return (from ? 1 : 0) + Math.ceil(items.length / batch) * callsPerItem * batch;
          });
          const calls = [...pieces, ...work.fresh.map(() => 1)].reduce((a, b) => a + b, 0);
          const services = new Set(work.fresh.map((id) => id.split(".")[0]));
          if (pieces.length + services.size > 1) expect(calls).toBeLessThanOrEqual(most + 1e-6);
        }
      }),
    );
  });

  it("keeps as many tasks busy as may run, unless it is little", ({ expect }) => {
    const items = Array.from({ length: 1_000 }, (_, n) => ({ name: `${n}` }));
    const begun: Left[] = [{ collector: "s3.buckets", from: null, items, callsPerItem: 1, batch: 1 }];
    expect(shared({ begun, fresh: [] }, cutInto(300, 1))).toHaveLength(4);
    expect(shared({ begun, fresh: [] }, cutInto(300, 16))).toHaveLength(16);
    expect(shared({ begun, fresh: [] }, cutInto(300, 100))).toHaveLength(20);
    expect(shared({ begun, fresh: [] }, cutInto(10, 16))).toHaveLength(100);
  });

  it("fits a row however long its items are", ({ expect }) => {
    const items = Array.from({ length: 5_000 }, (_, n) => ({ name: `${n}`.repeat(100) }));
    const begun: Left[] = [{ collector: "s3.buckets", from: null, items, callsPerItem: 1, batch: 1 }];
    const works = shared({ begun, fresh: [] }, cutInto(1_000_000));
    expect(works.length).toBeGreaterThan(1);
    for (const work of works) expect(JSON.stringify(work).length).toBeLessThan(500_000);
    expect(works.flatMap((work) => work.begun.flatMap((one) => one.items))).toEqual(items);
  });

  it("has names that tell the place", ({ expect }) => {
    expect(partIds("eu-west-1", 2)).toEqual(["eu-west-1.1", "eu-west-1.2"]);
    expect(partIds("eu-west-1.2", 1).map(placeOf)).toEqual(["eu-west-1"]);
    expect(placeOf("global")).toBe("global");
  });
});

describe("packs of ids", () => {
  it("know every id that is in one of them, and no other", ({ expect }) => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.uuid(), { maxLength: 200 }), fc.nat(), (all, cut) => {
        const [inside, outside] = [all.filter((_, n) => n % 3 !== 0), all.filter((_, n) => n % 3 === 0)];
        const at = inside.length === 0 ? 0 : cut % inside.length;
        const isSeen = seenIn([packed(new Set(inside.slice(0, at))), packed(new Set(inside.slice(at)))]);
        expect(inside.every(isSeen)).toBe(true);
        expect(outside.some(isSeen)).toBe(false);
      }),
    );
    expect(packed(new Set([newId(), newId()]))).toHaveLength(24);
  });
});

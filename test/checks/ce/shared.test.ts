import * as fc from "fast-check";
import { describe, it } from "vitest";
import { amountsOf, excessOf, median, monthBefore, spread, together, type Limits } from "#checks/ce/shared";

const seed = Date.now() % 2 ** 31;
const options = { seed, numRuns: 300 };
const limits: Limits = { k: 4, minPct: 0.25, minUsd: 10, windowDays: 28, minDays: 14 };
const dayMs = 86_400_000;
/** A Monday. */
const first = Date.parse("2026-03-30");
const dayAt = (index: number): string => new Date(first + index * dayMs).toISOString().slice(0, 10);
const seriesOf = (amounts: readonly number[]) =>
  amountsOf(amounts.map((amount, index) => ({ day: dayAt(index), amount, isEstimated: false })));
const excessAt = (amounts: readonly number[], index = amounts.length - 1, over: Partial<Limits> = {}) =>
  excessOf(seriesOf(amounts), dayAt(index), { ...limits, ...over });

const amount = fc.double({ min: 0, max: 10_000, noNaN: true }).map((usd) => Math.round(usd * 100) / 100);
const history = fc.array(amount, { minLength: 33, maxLength: 59 });
const near = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(a), Math.abs(b));

describe(`statistics (seed ${seed})`, () => {
  it("the median lies amid the values, whatever their order, and moves with them", ({ expect }) => {
    fc.assert(
      fc.property(fc.array(amount, { minLength: 1, maxLength: 60 }), amount, (values, more) => {
        const middle = median(values);
        expect(values.filter((one) => one < middle).length).toBeLessThanOrEqual(values.length / 2);
        expect(values.filter((one) => one > middle).length).toBeLessThanOrEqual(values.length / 2);
        expect(median(values.toReversed())).toBe(middle);
        expect(near(median(values.map((one) => one + more)), middle + more)).toBe(true);
      }),
      options,
    );
    expect(median([])).toBe(0);
  });

  it("the spread is of the size of the values and does not hang on their level or order", ({ expect }) => {
    fc.assert(
      fc.property(
        fc.array(amount, { minLength: 3, maxLength: 60 }),
        amount,
        fc.integer({ min: 1, max: 50 }),
        (values, more, times) => {
          const usual = spread(values);
          expect(usual).toBeGreaterThanOrEqual(0);
          expect(near(spread(values.toReversed()), usual)).toBe(true);
          expect(near(spread(values.map((one) => one + more)), usual)).toBe(true);
          expect(near(spread(values.map((one) => one * times)), usual * times)).toBe(true);
        },
      ),
      options,
    );
    expect([spread([]), spread([5]), spread([5, 5, 5])]).toEqual([0, 0, 0]);
  });

  it("two days out of line in four weeks change nothing about the spread", ({ expect }) => {
    fc.assert(
      fc.property(amount, amount, amount, (usual, a, b) => {
        const same = Array.from({ length: 26 }, () => usual);
        expect(spread([...same, a, b])).toBe(0);
      }),
      options,
    );
  });
});

describe(`a day out of line (seed ${seed})`, () => {
  it("is never one that costs no more than what is allowed at least", ({ expect }) => {
    fc.assert(
      fc.property(history, (amounts) => {
        const window = amounts.slice(-29, -1);
        const last = median(window) + limits.minUsd * 0.999;
        expect(excessAt([...amounts.slice(0, -1), last])).toBe(null);
      }),
      options,
    );
  });

  it("stays one when it costs more, and costs more than usual by the least of the limits", ({ expect }) => {
    fc.assert(
      fc.property(history, amount, (amounts, more) => {
        const excess = excessAt(amounts);
        if (!excess) return;
        expect(excess.amount - excess.usual).toBeGreaterThan(Math.max(limits.minUsd, limits.minPct * excess.usual));
        expect(excessAt([...amounts.slice(0, -1), excess.amount + more])).not.toBe(null);
      }),
      options,
    );
  });

  it("is found wherever nothing else ever happened", ({ expect }) => {
    fc.assert(
      fc.property(
        amount,
        fc.integer({ min: 33, max: 59 }),
        fc.double({ min: 0.01, max: 1e6, noNaN: true }),
        (usual, length, more) => {
          const over = Math.max(limits.minUsd, limits.minPct * usual) + more;
          const same = Array.from({ length }, () => usual);
          expect(excessAt(same)).toBe(null);
          expect(excessAt([...same, usual + over])).toMatchObject({ usual, day: dayAt(length) });
        },
      ),
      options,
    );
  });

  it("hangs neither on the unit nor on what comes after", ({ expect }) => {
    fc.assert(
      fc.property(history, fc.constantFrom(2, 4, 1024), fc.array(amount, { maxLength: 5 }), (amounts, times, after) => {
        const excess = excessAt(amounts);
        const scaled = excessAt(
          amounts.map((one) => one * times),
          undefined,
          { minUsd: limits.minUsd * times },
        );
        expect(scaled === null).toBe(excess === null);
        expect(excessAt([...amounts, ...after], amounts.length - 1)).toEqual(excess);
      }),
      options,
    );
  });

  it("is none in a week that goes like those before", ({ expect }) => {
    fc.assert(
      fc.property(
        fc.array(amount, { minLength: 7, maxLength: 7 }),
        fc.integer({ min: 40, max: 59 }),
        (week, length) => {
          expect(excessAt(Array.from({ length }, (_, index) => week[index % 7] ?? 0))).toBe(null);
        },
      ),
      options,
    );
  });

  it("is none on the day of the month on which as much was charged before", ({ expect }) => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 28 }), amount, amount, (date, usual, charge) => {
        const amounts = Array.from({ length: 60 }, (_, index) =>
          Number(dayAt(index).slice(8)) === date ? charge : usual,
        );
        for (let index = 33; index < 60; index++) {
          if (Number(dayAt(index).slice(8)) === date) expect(excessAt(amounts, index) ?? null).toBe(null);
        }
      }),
      options,
    );
  });

  it("cannot be told from a few days, nor at the start of a month without the one before", ({ expect }) => {
    const days = (length: number) => Array.from({ length }, () => 5);
    expect(excessAt(days(14))).toBe(undefined);
    expect(excessAt(days(15))).toBe(null);
    // The first of May, known from the 30th of March on, and from the 5th of April on.
    expect(excessAt(days(33))).toBe(null);
    const later = new Map([...seriesOf(days(33))].slice(6));
    expect(excessOf(later, "2026-05-01", limits)).toBe(undefined);
    expect(excessOf(later, "2026-04-30", limits)).toBe(null);
    expect(excessOf(new Map(), "2026-05-01", limits)).toBe(undefined);
  });
});

it("series add up day by day", ({ expect }) => {
  const sum = together([seriesOf([1, 2]), seriesOf([10, 20, 30])]);
  expect([...sum.values()]).toEqual([11, 22, 30]);
});

it.for([
  ["2026-05-15", "2026-04-15"],
  ["2026-01-31", "2025-12-31"],
  ["2026-03-31", "2026-02-28"],
  ["2024-03-30", "2024-02-29"],
])("a month before %s is %s", ([day = "", before], { expect }) => {
  expect(monthBefore(day)).toBe(before);
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  blockSize,
  current,
  remaining,
  resetSeconds,
  restored,
  stored,
  take,
  type Policy,
  type Window,
} from "#objects/window";

interface Step {
  readonly deltaMs: number;
  readonly restart: boolean;
}

interface Run {
  /** How many were admitted in each window, by its opening. */
  readonly admitted: Map<number, number>;
  readonly writes: Map<number, number>;
  readonly refused: number;
}

/** Sends a request at every step, and starts again from storage where a step says so. */
function run(policy: Policy, steps: readonly Step[]): Run {
  const admitted = new Map<number, number>();
  const writes = new Map<number, number>();
  let refused = 0;
  let window: Window | null = null;
  let disk: ReturnType<typeof stored> | null = null;
  let nowMs = 1_000_000;
  for (const { deltaMs, restart } of steps) {
    nowMs += deltaMs;
    if (restart) window = disk ? restored(disk) : null;
    if (remaining(window, policy, nowMs) === 0) {
      refused += 1;
      continue;
    }
    const before = current(window, policy, nowMs);
    const after = take(before, policy, nowMs);
    if (!before || after.reserved !== before.reserved) {
      disk = stored(after, policy);
      writes.set(after.openedAtMs, (writes.get(after.openedAtMs) ?? 0) + 1);
    }
    window = after;
    admitted.set(after.openedAtMs, (admitted.get(after.openedAtMs) ?? 0) + 1);
  }
  return { admitted, writes, refused };
}

const policies = fc.record({ limit: fc.integer({ min: 1, max: 60 }), windowSeconds: fc.constantFrom(1, 60) });
const steps = (mayRestart: boolean) =>
  fc.array(
    fc.record({
      deltaMs: fc.integer({ min: -3_000, max: 3_000 }),
      restart: mayRestart ? fc.boolean() : fc.constant(false),
    }),
    { maxLength: 400 },
  );

describe("a window", () => {
  it("never admits more than its limit, whatever the clock does and however often it is restored", () => {
    fc.assert(
      fc.property(policies, steps(true), (policy, list) => {
        for (const count of run(policy, list).admitted.values()) expect(count).toBeLessThanOrEqual(policy.limit);
      }),
    );
  });

  it("never opens again before it has ended, even when the clock goes backwards", () => {
    fc.assert(
      fc.property(policies, steps(true), (policy, list) => {
        const openings = [...run(policy, list).admitted.keys()];
        openings.forEach((openedAtMs, index) => {
          if (index > 0)
            expect(openedAtMs - (openings[index - 1] ?? 0)).toBeGreaterThanOrEqual(policy.windowSeconds * 1000);
        });
      }),
    );
  });

  it("without restarts refuses only when its limit is used up", () => {
    fc.assert(
      fc.property(policies, steps(false), (policy, list) => {
        const { admitted, refused } = run(policy, list);
        const counts = [...admitted.values()];
        if (refused > 0) expect(counts).toContain(policy.limit);
        expect(counts.reduce((sum, count) => sum + count, 0) + refused).toBe(list.length);
      }),
    );
  });

  it("is written about ten times, not once for each request", () => {
    for (const limit of [100, 200, 1000, 6000]) {
      const list = Array.from({ length: limit * 2 }, () => ({ deltaMs: 0, restart: false }));
      const [writes] = run({ limit, windowSeconds: 60 }, list).writes.values();
      expect(writes).toBe(10);
    }
  });

  it("loses at most a tenth of its limit by a restart", () => {
    fc.assert(
      fc.property(policies, fc.nat(60), ({ limit, windowSeconds }, used) => {
        const policy = { limit, windowSeconds };
        let window: Window | null = null;
        for (let count = 0; count < Math.min(used, limit); count += 1) window = take(window, policy, 0);
        const after = window ? restored(stored(window, policy)) : null;
        expect(remaining(window, policy, 0) - remaining(after, policy, 0)).toBeLessThan(blockSize(policy));
      }),
    );
  });

  it("says how long it lasts: between one second and its whole length", () => {
    fc.assert(
      fc.property(policies, fc.integer({ min: -200_000, max: 200_000 }), (policy, deltaMs) => {
        const window = take(null, policy, 500_000);
        const seconds = resetSeconds(window, policy, 500_000 + deltaMs);
        expect(seconds).toBeGreaterThanOrEqual(1);
        expect(seconds).toBeLessThanOrEqual(policy.windowSeconds);
      }),
    );
  });

  it("has no room after its limit was lowered below what it has counted, and some after it was raised", () => {
    let window: Window | null = null;
    for (let count = 0; count < 10; count += 1) window = take(window, { limit: 20, windowSeconds: 60 }, 0);
    expect(remaining(window, { limit: 5, windowSeconds: 60 }, 0)).toBe(0);
    expect(remaining(window, { limit: 30, windowSeconds: 60 }, 0)).toBe(20);
  });
});

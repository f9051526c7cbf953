import { describe, it } from "vitest";
import { stepAfter } from "#deliveries/record";
import { attemptDelaysSeconds, delaySecondsMax, parseRetryAfter, retryDelaySeconds } from "#deliveries/retries";
import { seeded } from "../sim/random.ts";

const failed = { status: 500, error: "Answered 500", response: null, retryAfterSeconds: null, durationMs: 1 };

describe("the schedule", () => {
  it("is the ten attempts of Standard Webhooks, about 75.6 hours", ({ expect }) => {
    expect(attemptDelaysSeconds).toEqual([0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]);
    const hours = attemptDelaysSeconds.reduce((sum: number, seconds) => sum + seconds, 0) / 3_600;
    expect(hours).toBeCloseTo(75.6, 1);
  });

  it("waits as the table says, ± 10 %, never longer than a day, and ends after the tenth", ({ expect }) => {
    for (let attempts = 1; attempts < attemptDelaysSeconds.length; attempts += 1) {
      const exact = attemptDelaysSeconds[attempts] ?? 0;
      expect(retryDelaySeconds(attempts, null, () => 0.5)).toBe(exact);
      expect(retryDelaySeconds(attempts, null, () => 0)).toBeCloseTo(exact * 0.9);
      const longest = retryDelaySeconds(attempts, null, () => 0.999_999);
      expect(longest).toBeCloseTo(exact * (exact === delaySecondsMax ? 0.9 : 1.1), 0);
      expect(retryDelaySeconds(attempts, null, Math.random)).toBeLessThanOrEqual(delaySecondsMax);
    }
    expect(retryDelaySeconds(10, null, Math.random)).toBeNull();
    expect(retryDelaySeconds(10, 60, Math.random)).toBeNull();
  });

  it.each([2, 3, 4, 5, 6, 7, 8, 9])(
    "spreads 10,000 that failed together %i times: at most 5 %% in a second",
    (attempts) => {
      const random = seeded(attempts);
      const seconds = Array.from({ length: 10_000 }, () =>
        Math.floor(retryDelaySeconds(attempts, null, () => random.next()) ?? 0),
      );
      const fullest = Math.max(
        ...Map.groupBy(seconds, (second) => second)
          .values()
          .map((group) => group.length),
      );
      if (fullest > 500) throw new Error(`${fullest} in one second`);
    },
  );

  it("honours Retry-After upwards, to a day", ({ expect }) => {
    expect(retryDelaySeconds(1, 120, () => 0.5)).toBe(120);
    expect(retryDelaySeconds(4, 120, () => 0.5)).toBe(7_200);
    expect(retryDelaySeconds(1, 1e9, () => 0.5)).toBe(86_400);
  });

  it("reads both forms of Retry-After", ({ expect }) => {
    const now = new Date("2026-03-01T12:00:00Z");
    expect(parseRetryAfter("120", now)).toBe(120);
    expect(parseRetryAfter(" 7 ", now)).toBe(7);
    expect(parseRetryAfter("Sun, 01 Mar 2026 12:01:30 GMT", now)).toBe(90);
    expect(parseRetryAfter("9999999999", now)).toBe(86_400);
    expect(parseRetryAfter("Sun, 01 Mar 2037 12:00:00 GMT", now)).toBe(86_400);
    for (const nothing of [null, "", "0", "-5", "1.5e3", "soon", "99999999999999", "Sat, 28 Feb 2026 12:00:00 GMT"]) {
      expect(parseRetryAfter(nothing, now), String(nothing)).toBeNull();
    }
  });
});

describe("what becomes of a delivery", () => {
  it("2xx is the only success; the tenth failure is the last", ({ expect }) => {
    for (const status of [200, 201, 202, 204, 299]) {
      expect(stepAfter(1, { ...failed, status, error: null }, Math.random).kind).toBe("delivered");
    }
    for (const status of [null, 301, 302, 304, 307, 308, 400, 401, 404, 409, 410, 429, 500, 502, 503, 504]) {
      expect(stepAfter(1, { ...failed, status }, Math.random).kind, String(status)).toBe("retry");
      expect(stepAfter(10, { ...failed, status }, Math.random).kind, String(status)).toBe("dead");
    }
  });
});

/** Seconds before each attempt, counted from the end of the one before (Standard Webhooks' ten attempts, about 75.6 h). */
export const attemptDelaysSeconds = [0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400] as const;

/** No wait is longer, whatever a receiver asks for. */
export const delaySecondsMax = 86_400;

/** Each wait is longer or shorter by up to this share, so that deliveries that failed together do not return together. */
const jitterShare = 0.1;

/**
 * Seconds to wait after `attempts` failed ones; null when that was the last. A receiver's Retry-After makes it longer,
 * never shorter. `random` answers 0 ≤ r < 1.
 */
export function retryDelaySeconds(
  attempts: number,
  retryAfterSeconds: number | null,
  random: () => number,
): number | null {
  const delay = attemptDelaysSeconds[attempts];
  if (delay === undefined) return null;
  const jittered = delay * (1 + jitterShare * (2 * random() - 1));
  // What would be beyond the longest is as far before it: cut off, half of them would come in the same second.
  const spread = jittered > delaySecondsMax ? 2 * delaySecondsMax - jittered : jittered;
  return Math.min(delaySecondsMax, Math.max(spread, retryAfterSeconds ?? 0));
}

/** A receiver that failed so often, one attempt after the other, is left alone for a while. */
export const failuresBeforePause = 5;

const pauseSeconds = { first: 60, longest: 1_800 } as const;

/**
 * Seconds for which a receiver is left alone after `failures` attempts in a row: then one delivery tries how it is, and each
 * time that fails too the pause doubles. Null: not at all. `random` answers 0 ≤ r < 1.
 */
export function pauseAfter(failures: number, random: () => number): number | null {
  if (failures < failuresBeforePause) return null;
  const doubled = pauseSeconds.first * 2 ** Math.min(failures - failuresBeforePause, 10);
  return Math.min(pauseSeconds.longest, doubled) * (1 + jitterShare * (2 * random() - 1));
}

/** What a fault of ours kept from being made is tried again after `delay`; its receiver is left alone for `pause`: the next may do better. */
export const ownFaultSeconds = { delay: 1_800, pause: 60 } as const;

/** Seconds from a Retry-After header (RFC 9110 10.2.3: seconds or an HTTP date); null when there is none to be read. */
export function parseRetryAfter(header: string | null, now: Date): number | null {
  if (header === null) return null;
  const text = header.trim();
  const seconds = /^\d{1,10}$/.test(text) ? Number(text) : (Date.parse(text) - now.getTime()) / 1_000;
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, delaySecondsMax) : null;
}

/** So many requests in so many seconds. */
export interface Policy {
  readonly limit: number;
  readonly windowSeconds: number;
}

/**
 * A fixed window, which opened with its first request. `reserved` is what storage knows: at least as much as was used, so that
 * whoever starts again from storage admits at most fewer, never one more.
 */
export interface Window {
  readonly openedAtMs: number;
  readonly used: number;
  readonly reserved: number;
}

/** What is kept of a window. */
export interface StoredWindow {
  readonly openedAtMs: number;
  readonly endsAtMs: number;
  readonly reserved: number;
}

/** A tenth of the limit: about ten writes in a full window, and at most a tenth of it lost by a restart. */
export const blockSize = ({ limit }: Policy): number => Math.max(1, Math.floor(limit / 10));

/** From storage: everything that was reserved counts as used. */
export const restored = ({ openedAtMs, reserved }: StoredWindow): Window => ({ openedAtMs, used: reserved, reserved });

export const stored = (window: Window, policy: Policy): StoredWindow => ({
  openedAtMs: window.openedAtMs,
  endsAtMs: window.openedAtMs + policy.windowSeconds * 1000,
  reserved: window.reserved,
});

/** The window that a request at this time falls into; null: the request would open a new one. A time before the opening falls into it. */
export const current = (window: Window | null, policy: Policy, nowMs: number): Window | null =>
  window && nowMs < window.openedAtMs + policy.windowSeconds * 1000 ? window : null;

export const remaining = (window: Window | null, policy: Policy, nowMs: number): number =>
  Math.max(0, policy.limit - (current(window, policy, nowMs)?.used ?? 0));

/** Seconds until the whole limit is there again, rounded up; between 1 and the length of the window. */
export function resetSeconds(window: Window | null, policy: Policy, nowMs: number): number {
  const open = current(window, policy, nowMs);
  if (!open) return policy.windowSeconds;
  const elapsedMs = Math.max(0, nowMs - open.openedAtMs);
  return Math.ceil(policy.windowSeconds - elapsedMs / 1000);
}

/** Counts one request, for which there must be room. The answer must be stored when its `reserved` or its opening is new. */
export function take(window: Window | null, policy: Policy, nowMs: number): Window {
  const open = current(window, policy, nowMs) ?? { openedAtMs: nowMs, used: 0, reserved: 0 };
  const used = open.used + 1;
  if (used <= open.reserved) return { ...open, used };
  return { ...open, used, reserved: Math.max(used, Math.min(policy.limit, open.used + blockSize(policy))) };
}

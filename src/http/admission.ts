import { serializeList } from "structured-headers";
import { Fault } from "#lib/fault";

/** One limit and what is left of it. */
export interface Window {
  readonly name: string;
  readonly limit: number;
  readonly remaining: number;
  readonly windowSeconds: number;
  readonly resetSeconds: number;
}

/** The gate's answer. */
export interface Admission {
  readonly admitted: boolean;
  readonly revoked: boolean;
  /** Names of the windows that are used up. */
  readonly violated: readonly string[];
  readonly windows: readonly Window[];
}

/** `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10). */
export function rateLimitHeaders({ windows }: Admission): Record<string, string> {
  if (windows.length === 0) return {};
  const items = (parameters: (window: Window) => [string, number][]) =>
    serializeList(windows.map((window) => [window.name, new Map(parameters(window))]));
  return {
    "RateLimit-Policy": items(({ limit, windowSeconds }) => [
      ["q", limit],
      ["w", windowSeconds],
    ]),
    RateLimit: items(({ remaining, resetSeconds }) => [
      ["r", remaining],
      ["t", resetSeconds],
    ]),
  };
}

/** Seconds until all that is used up is open again. */
export const secondsUntilOpen = ({ violated, windows }: Admission): number =>
  Math.max(1, ...windows.filter(({ name }) => violated.includes(name)).map(({ resetSeconds }) => resetSeconds));

export function rateLimited(admission: Admission): Fault {
  const seconds = secondsUntilOpen(admission);
  const { violated } = admission;
  return new Fault(
    "RATE_LIMITED",
    `The limit ${violated.map((name) => `"${name}"`).join(", ")} is used up. Try again in ${seconds} s.`,
    {
      members: { retryAfterSeconds: seconds, "violated-policies": violated },
    },
  );
}

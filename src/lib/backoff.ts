/** Full jitter (AWS architecture blog, "Exponential Backoff And Jitter"): anywhere between 0 and the capped exponential step. */
export function fullJitterMs(attempt: number, baseMs: number, capMs: number, random: () => number): number {
  return Math.floor(random() * Math.min(capMs, baseMs * 2 ** attempt));
}

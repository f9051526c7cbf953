/** Lets so many pieces of work run at once; the rest wait in order. */
export interface Limiter {
  run<T>(work: () => Promise<T>): Promise<T>;
}

/** One per invocation. Workers allow 6 connections that wait for their headers; a seventh would stall in silence. */
export function createLimiter(max = 6): Limiter {
  const waiting: (() => void)[] = [];
  let running = 0;
  const leave = (): void => {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  };
  return {
    async run(work) {
      if (running < max) running += 1;
      else await new Promise<void>((resolve) => void waiting.push(resolve));
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}

/** Spaces requests of one service out. */
export interface Pacer {
  /** Resolves when a request to the service may leave. */
  ready(service: string): Promise<void>;
}

/** A token bucket per service. `clock` in milliseconds. */
export function createPacer(options: {
  readonly perSecond: number;
  readonly burst: number;
  readonly clock: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}): Pacer {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return {
    async ready(service) {
      const now = options.clock();
      const bucket = buckets.get(service) ?? { tokens: options.burst, at: now };
      const refilled = bucket.tokens + ((now - bucket.at) / 1000) * options.perSecond;
      const tokens = Math.min(options.burst, refilled) - 1;
      buckets.set(service, { tokens, at: now });
      if (tokens < 0) await options.sleep((-tokens / options.perSecond) * 1000);
    },
  };
}

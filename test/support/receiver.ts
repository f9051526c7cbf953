import { vi } from "vitest";

/** One request a webhook's receiver got. */
export interface Received {
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
  readonly redirect: string | undefined;
  readonly signal: AbortSignal | null | undefined;
}

type Answer = (received: Received, count: number) => Response | Promise<Response>;

/** Stands in for everybody else's servers: takes the place of the global `fetch`. */
export interface Receiver {
  readonly received: readonly Received[];
  /** The most requests that were under way to one URL at the same time. */
  readonly mostAtOnce: (url: string) => number;
  /** How it answers from now on; `count` is the number of the request, from 1. */
  answer(how: Answer): void;
}

/** Answers 204 until told otherwise. `vi.restoreAllMocks()` ends it. */
export function startReceiver(): Receiver {
  const received: Received[] = [];
  const underWay = new Map<string, number>();
  const most = new Map<string, number>();
  let how: Answer = () => new Response(null, { status: 204 });
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const request: Received = {
      url: input instanceof Request ? input.url : String(input),
      headers: new Headers(init?.headers),
      body: typeof init?.body === "string" ? init.body : "",
      redirect: init?.redirect,
      signal: init?.signal,
    };
    received.push(request);
    const now = (underWay.get(request.url) ?? 0) + 1;
    underWay.set(request.url, now);
    most.set(request.url, Math.max(now, most.get(request.url) ?? 0));
    try {
      return await how(request, received.length);
    } finally {
      underWay.set(request.url, (underWay.get(request.url) ?? 1) - 1);
    }
  });
  return {
    received,
    mostAtOnce: (url) => most.get(url) ?? 0,
    answer: (next) => {
      how = next;
    },
  };
}

/** A promise and the hand that fulfils it: holds an answer back until the test lets it go. */
export function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: () => resolve() };
}

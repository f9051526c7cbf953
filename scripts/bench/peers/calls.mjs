// What a list of calls, each with its start and end, tells.

const tokens =
  /^(?:next-?(?:page-?)?token|next-?marker|marker|pagination-?token|continuation-?token|exclusivestarttablename|position)$/i;

const withoutTokens = (entries) => JSON.stringify([...entries].filter(([name]) => !tokens.test(name)).toSorted());

const bodyOf = (body) => {
  if (body.startsWith("{")) return withoutTokens(Object.entries(JSON.parse(body)));
  return withoutTokens(new URLSearchParams(body));
};

/** The list a request asks for, whichever page of it. */
function listOf(key) {
  const [method, host, url, target, ...body] = key.split("\n");
  const { pathname, searchParams } = new URL(url, "http://front");
  return [method, host, pathname, withoutTokens(searchParams), target, bodyOf(body.join("\n"))].join("\n");
}

/** The most pages of one list: they come one after the other, whoever asks. */
export function longestChain(calls) {
  const pages = new Map();
  for (const { key } of calls) {
    const list = listOf(key);
    pages.set(list, (pages.get(list) ?? new Set()).add(key));
  }
  return Math.max(0, ...[...pages.values()].map(({ size }) => size));
}

/** How many calls waited for their answer at once, at most. */
export function mostAtOnce(calls) {
  const steps = calls.flatMap(({ start, end }) => [
    [start, 1],
    [end, -1],
  ]);
  let now = 0;
  let most = 0;
  for (const [, step] of steps.toSorted(([a, one], [b, other]) => a - b || one - other)) {
    now += step;
    most = Math.max(most, now);
  }
  return most;
}

/** How many waited on average between two moments. */
export const averageAtOnce = (calls, { start, end }) =>
  calls.reduce((sum, call) => sum + call.end - call.start, 0) / (end - start);

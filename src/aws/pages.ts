import { textAt } from "./answer.ts";
import type { Input, Operation, Paging } from "./caller.ts";
import type { AwsFault } from "./fault.ts";

/** No list of ours is this long; an answer that always names a next page ends here. */
const pagesMax = 10_000;

/** Where a list goes on: the token's fields as the next request has them. */
export type Cursor = Readonly<Record<string, string>>;

/** How a list is gone along. */
export interface Walk {
  /** Where it begins; from the start when left out. */
  readonly from?: Cursor | undefined;
  /** Asked before each further page; true leaves the list there. */
  readonly leave?: (next: Cursor) => boolean;
}

/**
 * Every page of a list, in order. A token that comes twice, or no end in sight, is a broken list: what was seen is not all,
 * and the `AwsFault` says so.
 */
export async function* pagesOf(
  operation: Operation,
  input: Input,
  call: (input: Input) => Promise<unknown>,
  broken: (code: string) => AwsFault,
  walk: Walk = {},
): AsyncGenerator<unknown, void> {
  const { paging } = operation;
  const limit = paging?.limit ? { [paging.limit[0]]: paging.limit[1] } : {};
  const seen = new Set<string>();
  let cursor = walk.from;
  for (let page = 0; page < pagesMax; page += 1) {
    const answer = await call({ ...input, ...limit, ...cursor });
    yield answer;
    cursor = paging && cursorAfter(answer, paging);
    if (cursor === undefined || walk.leave?.(cursor)) return;
    const token = JSON.stringify(cursor);
    if (seen.has(token)) throw broken("REPEATED_PAGE");
    seen.add(token);
  }
  throw broken("ENDLESS_LIST");
}

const listed = (one: string | readonly string[]): readonly string[] => (typeof one === "string" ? [one] : one);

/** `undefined`: that was the last page. */
function cursorAfter(answer: unknown, paging: Paging): Cursor | undefined {
  if (paging.more !== undefined && textAt(answer, paging.more) !== "true" && !isTrue(answer, paging.more))
    return undefined;
  const paths = listed(paging.next);
  const entries = listed(paging.token).flatMap((name, at) => {
    const value = textAt(answer, paths[at] ?? "");
    return value ? [[name, value] as const] : [];
  });
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

/** JSON answers have real booleans. */
const isTrue = (answer: unknown, path: string): boolean =>
  path
    .split(".")
    .reduce<unknown>((value, name) => (value as Readonly<Record<string, unknown>> | undefined)?.[name], answer) ===
  true;

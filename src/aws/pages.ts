import { textAt } from "./answer.ts";
import type { Input, Operation } from "./caller.ts";
import type { AwsFault } from "./fault.ts";

/** No list of ours is this long; an answer that always names a next page ends here. */
const pagesMax = 10_000;

/**
 * Every page of a list, in order. A token that comes twice, or no end in sight, is a broken list: what was seen is not all,
 * and the `AwsFault` says so.
 */
export async function* pagesOf(
  operation: Operation,
  input: Input,
  call: (input: Input) => Promise<unknown>,
  broken: (code: string) => AwsFault,
): AsyncGenerator<unknown, void> {
  const { paging } = operation;
  const limit = paging?.limit ? { [paging.limit[0]]: paging.limit[1] } : {};
  const seen = new Set<string>();
  let token: string | undefined;
  for (let page = 0; page < pagesMax; page += 1) {
    const answer = await call({
      ...limit,
      ...input,
      ...(paging && token !== undefined ? { [paging.token]: token } : {}),
    });
    yield answer;
    token = paging ? nextToken(answer, paging) : undefined;
    if (token === undefined) return;
    if (seen.has(token)) throw broken("REPEATED_PAGE");
    seen.add(token);
  }
  throw broken("ENDLESS_LIST");
}

function nextToken(answer: unknown, paging: NonNullable<Operation["paging"]>): string | undefined {
  if (paging.more !== undefined && textAt(answer, paging.more) !== "true" && !isTrue(answer, paging.more))
    return undefined;
  return textAt(answer, paging.next) || undefined;
}

/** JSON answers have real booleans. */
const isTrue = (answer: unknown, path: string): boolean =>
  path
    .split(".")
    .reduce<unknown>((value, name) => (value as Readonly<Record<string, unknown>> | undefined)?.[name], answer) ===
  true;

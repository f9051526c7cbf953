import type { z } from "zod";
import type { AwsCaller, Input, Operation } from "#aws/caller";
import { AwsFault } from "#aws/fault";
import { pagesOf } from "#aws/pages";

/** Every page of a list that several collectors of a task read; each is asked for once. */
export const sharedPages = (
  aws: AwsCaller,
  operation: Operation,
  input: Input = {},
  /** Asked before each further page; true leaves the list there. */
  leave: () => boolean = () => false,
): AsyncGenerator<unknown, void> =>
  pagesOf(
    operation,
    input,
    (page) => aws.shared(operation, page),
    (code) => {
      throw new Error(`${operation.action} repeats a page (${code})`);
    },
    { leave },
  );

/** The entries of a list that is another collector's; `undefined` when it could not be read, and the gap is kept. */
export async function entriesOf<Entry>(
  aws: AwsCaller,
  operation: Operation,
  page: z.ZodType<readonly Entry[]>,
): Promise<readonly Entry[] | undefined> {
  try {
    return (await Array.fromAsync(sharedPages(aws, operation), (answer) => page.parse(answer))).flat();
  } catch (error) {
    return aws.gap(error);
  }
}

/** Like `attempt`, but made once for all who ask it in a task. */
export async function sharedAttempt(
  aws: AwsCaller,
  operation: Operation,
  input: Input = {},
  absent: readonly string[] = [],
): Promise<unknown> {
  try {
    return await aws.shared(operation, input);
  } catch (error) {
    return error instanceof AwsFault && absent.includes(error.code) ? null : aws.gap(error);
  }
}

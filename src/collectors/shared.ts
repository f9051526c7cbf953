import type { z } from "zod";
import type { AwsCaller, Input, Operation } from "#aws/caller";
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

/** The entries of a list that is another collector's; `undefined` when it could not be read. */
export async function entriesOf<Entry>(
  aws: AwsCaller,
  operation: Operation,
  page: z.ZodType<readonly Entry[]>,
): Promise<readonly Entry[] | undefined> {
  try {
    return (await Array.fromAsync(sharedPages(aws, operation), (answer) => page.parse(answer))).flat();
  } catch {
    // Asked once more, so that the gap is kept for the scan's coverage.
    await aws.attempt(operation, {});
    return undefined;
  }
}

/** The shared answer; a fault is asked again through `attempt`, which keeps the gap for the scan's coverage. */
export async function sharedOrGap(aws: AwsCaller, operation: Operation, input: Input = {}): Promise<unknown> {
  try {
    return await aws.shared(operation, input);
  } catch {
    return aws.attempt(operation, input);
  }
}

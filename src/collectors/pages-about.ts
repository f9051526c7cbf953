import type { z } from "zod";
import type { AwsCaller, Input, Operation } from "#aws/caller";
import { AwsFault } from "#aws/fault";

/**
 * Every page of a list about one thing. null: the thing is gone (error code in `gone`); `undefined`: not all of it could be
 * read, and the gap is kept.
 */
export async function pagesAbout<Page>(
  aws: AwsCaller,
  operation: Operation,
  input: Input,
  { page: schema, gone }: { readonly page: z.ZodType<Page>; readonly gone: readonly string[] },
): Promise<readonly Page[] | null | undefined> {
  try {
    return await Array.fromAsync(aws.pages(operation, input), (page) => schema.parse(page));
  } catch (error) {
    return error instanceof AwsFault && gone.includes(error.code) ? null : aws.gap(error);
  }
}

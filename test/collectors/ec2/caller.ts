import { textAt } from "#aws/answer";
import type { AwsCaller, Input, Operation } from "#aws/caller";
import { decodeAnswer } from "#aws/decode";
import type { Collector, Found, Place } from "#collectors/collector";

export const place: Place = { partition: "aws", awsAccountId: "111122223333", region: "eu-west-1" };

/** What was asked: the operation and the input without what paging adds. */
export interface Call {
  readonly action: string;
  readonly input: Input;
}

/** Answers a call with XML as AWS sends it; `null` stands for a call that AWS denies. */
export type Answering = (action: string, input: Input) => string | null;

/** An account that answers from literal XML, through the real decoder and with the real way of paging. */
export function accountOf(answering: Answering): { readonly aws: AwsCaller; readonly calls: readonly Call[] } {
  const calls: Call[] = [];
  const ask = (operation: Operation, input: Input): unknown => {
    calls.push({ action: operation.action, input });
    const body = answering(operation.action, input);
    if (body === null) throw new Error(`${operation.action} is denied`);
    return decodeAnswer(operation, { status: 200, headers: new Headers({ "content-type": "text/xml" }), body });
  };
  const aws: AwsCaller = {
    call: async (operation, input = {}) => ask(operation, input),
    shared: async (operation, input = {}) => ask(operation, input),
    async *pages(operation, input = {}) {
      const { paging } = operation;
      if (!paging) throw new Error(`${operation.action} is not paged`);
      const limited = paging.limit ? { ...input, [paging.limit[0]]: paging.limit[1] } : input;
      for (let token: string | undefined; ;) {
        const answer = ask(operation, token ? { ...limited, [paging.token]: token } : limited);
        yield answer;
        token = textAt(answer, paging.next);
        if (!token) return;
      }
    },
    attempt: async (operation, input) => {
      try {
        return ask(operation, input);
      } catch {
        return undefined;
      }
    },
  };
  return { aws, calls };
}

/** Answers every page of one list: the one whose number is the token, the first without. */
export const pagesOf =
  (...pages: readonly string[]): Answering =>
  (_action, { NextToken: token }) =>
    pages[token === undefined ? 0 : Number(token)] ?? null;

/** All pages a collector yields. */
export async function collect<Attributes extends object, Observed extends object>(
  collector: Collector<Attributes, Observed>,
  aws: AwsCaller,
): Promise<readonly (readonly Found<Attributes, Observed>[])[]> {
  return Array.fromAsync(collector.collect({ aws, place }));
}

/** An EC2 answer: `<DescribeXResponse>` around this. */
export const response = (action: string, inside: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>
<${action}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
    <requestId>59dbff89-35bd-4eac-99ed-be587EXAMPLE</requestId>
    ${inside}
</${action}Response>`;

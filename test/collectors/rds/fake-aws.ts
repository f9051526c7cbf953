import { textAt } from "#aws/answer";
import type { AwsCaller, Input, Operation } from "#aws/caller";
import { decodeAnswer, decodeError, type Reply } from "#aws/decode";
import { encode } from "#aws/encode";
import type { Collector, Found, Place } from "#collectors/collector";

export const place: Place = { partition: "aws", awsAccountId: "111122223333", region: "eu-west-1" };

/** Wire answers by the form that was sent, without its version. A text is a 200, anything unlisted is denied. */
export type Answers = Readonly<Record<string, string | { readonly status: number; readonly body: string }>>;

/** An error of the query protocol. */
export const errorXml = (code: string): string =>
  `<ErrorResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><Error><Type>Sender</Type><Code>${code}</Code><Message>No</Message></Error><RequestId>1</RequestId></ErrorResponse>`;

export interface FakeAws {
  readonly aws: AwsCaller;
  /** What was asked, in order. */
  readonly asked: string[];
}

/** An account that answers in AWS's own words: requests and answers go through the real encoder and decoder. */
export function fakeAws(answers: Answers): FakeAws {
  const asked: string[] = [];

  function send(operation: Operation, input: Input = {}): Reply {
    const { body: form = "" } = encode(operation, input, "aws.example", place.awsAccountId);
    const request = form.replace("&Version=2014-10-31", "");
    asked.push(request);
    const answer = answers[request] ?? { status: 403, body: errorXml("AccessDenied") };
    const { status, body } = typeof answer === "string" ? { status: 200, body: answer } : answer;
    return { status, body, headers: new Headers({ "content-type": "text/xml" }) };
  }

  function answered(operation: Operation, reply: Reply): unknown {
    if (reply.status !== 200) throw new Error(decodeError(reply).code);
    return decodeAnswer(operation, reply);
  }

  const call: AwsCaller["call"] = async (operation, input) => answered(operation, send(operation, input));

  async function* pages(operation: Operation, input: Input = {}): AsyncIterable<unknown> {
    const { paging } = operation;
    const limit = paging?.limit ? { [paging.limit[0]]: paging.limit[1] } : {};
    let token: string | undefined;
    do {
      const from = paging && token ? { [paging.token]: token } : {};
      const answer = await call(operation, { ...input, ...limit, ...from });
      yield answer;
      token = paging && textAt(answer, paging.next);
    } while (token);
  }

  const attempt: AwsCaller["attempt"] = async (operation, input, absent = []) => {
    const reply = send(operation, input);
    if (reply.status === 200) return decodeAnswer(operation, reply);
    return absent.includes(decodeError(reply).code) ? null : undefined;
  };

  return { aws: { call, pages, shared: call, attempt }, asked };
}

/** Everything a collector finds, page by page. */
export async function collectAll<Attributes extends object>(
  collector: Collector<Attributes>,
  { aws }: FakeAws,
): Promise<readonly (readonly Found<Attributes, object>[])[]> {
  const found: (readonly Found<Attributes, object>[])[] = [];
  for await (const page of collector.collect({ aws, place })) found.push(page);
  return found;
}

import type { AwsCaller, Input, Operation, Target } from "#aws/caller";
import { decodeAnswer, decodeError } from "#aws/decode";
import { encode } from "#aws/encode";
import { AwsFault, faultOf } from "#aws/fault";
import { serviceOf } from "#aws/services";
import { subjectOf } from "#aws/transport";
import { pagesOf } from "#aws/pages";
import type { CollectContext, Collector, Found, Place } from "#collectors/collector";
import { askedOf, completed, described } from "#collectors/read";

/** One call, as a collector asked it and as it goes over the wire. */
export interface Call {
  readonly action: string;
  readonly input: Input;
  /** `<region> <path and query>` of REST protocols, the form without its version of the others. */
  readonly request: string;
}

/** An answer as it comes over the wire: 200 with a body, or an error. */
export type Wire = string | { readonly status: number; readonly body: string };

/** What AWS answers to a call; nothing: it is denied. */
export type Answering = (call: Call) => Wire | undefined;

/** Answers by action (`ListUsers`) or by the whole request. */
export type Answers = Readonly<Record<string, Wire | ((input: Input) => Wire | undefined)>>;

export interface FakeAws extends AwsCaller {
  readonly place: Place;
  /** Every call, in order. */
  readonly calls: readonly Call[];
  /** The same as `ListUsers {"Marker":"2"}`. */
  readonly asked: readonly string[];
  /** Actions whose absence was kept as a gap; `unreadable` for an answer in no known form. */
  readonly gaps: readonly string[];
}

/** An account that answers in AWS's own words, through the real encoder and decoder; what has no answer is denied. */
export function fakeAws(answers: Answers | Answering, at: Partial<Place> = {}): FakeAws {
  const place: Place = { partition: "aws", awsAccountId: "111122223333", region: "eu-west-1", ...at };
  const answering = typeof answers === "function" ? answers : fromTable(answers);
  const calls: Call[] = [];
  const gaps: string[] = [];
  const remembered = new Map<string, Promise<unknown>>();

  const call: AwsCaller["call"] = async (operation, input = {}, target = {}) => {
    const asked = callOf(operation, input, target, place);
    calls.push(asked);
    const wire = answering(asked) ?? denied(operation);
    if (typeof wire === "string") return decodeAnswer(operation, { ...reply(wire), status: 200 });
    const subject = subjectOf(operation, target.region ?? place.region);
    throw faultOf(subject, decodeError({ ...reply(wire.body), status: wire.status })).fault;
  };

  const pages: AwsCaller["pages"] = (operation, input = {}, target) =>
    pagesOf(
      operation,
      input,
      (page) => call(operation, page, target),
      (code) => new Error(code) as AwsFault,
    );

  return {
    place,
    calls,
    get asked() {
      return calls.map(textOf);
    },
    gaps,
    call,
    pages: (operation, input = {}, target) => pages(operation, input, target),
    walk: (operation, input = {}, target) => pages(operation, input, target),
    shared(operation, input = {}, target) {
      const key = operation.action + JSON.stringify(input);
      const answer = remembered.get(key) ?? call(operation, input, target);
      remembered.set(key, answer);
      return answer;
    },
    async attempt(operation, input, absent = [], target) {
      try {
        return await call(operation, input, target);
      } catch (fault) {
        if (!(fault instanceof AwsFault)) throw fault;
        if (absent.includes(fault.code)) return null;
        gaps.push(operation.action);
        return undefined;
      }
    },
    gap: (error) => void gaps.push(error instanceof AwsFault ? error.action : "unreadable"),
  };
}

/** Answers every page of one EC2 list: the one whose number is the token, the first without. */
export const inPages =
  (...pages: readonly string[]): Answering =>
  ({ input: { NextToken: token } }) =>
    pages[token === undefined ? 0 : Number(token)];

/** Everything a collector finds, page by page, as the engine asks it: listed, described, with tags and figures. */
export const pagesBy = <Attributes extends object, Observed extends object, Item>(
  collector: Collector<Attributes, Observed, Item>,
  context: CollectContext,
): Promise<readonly (readonly Found<Attributes, Observed>[])[]> =>
  Array.fromAsync(collector.list(context), async (items) => {
    const { aws, place, now } = context;
    const found = await described(collector, context, items);
    const asked = found.map((one) => askedOf(collector, place, one));
    return completed(asked, { tags: aws, figures: aws }, now);
  });

export const collect = <Attributes extends object, Observed extends object, Item>(
  collector: Collector<Attributes, Observed, Item>,
  aws: FakeAws,
  now?: Date,
): Promise<readonly (readonly Found<Attributes, Observed>[])[]> =>
  pagesBy(collector, { aws, place: aws.place, now: now ?? new Date() });

/** Everything a collector finds. */
export const allOf = async <Attributes extends object, Observed extends object, Item>(
  collector: Collector<Attributes, Observed, Item>,
  aws: FakeAws,
  now?: Date,
): Promise<readonly Found<Attributes, Observed>[]> => (await collect(collector, aws, now)).flat();

const fromTable =
  (answers: Answers): Answering =>
  ({ action, input, request }) => {
    const answer = answers[request] ?? answers[action];
    return typeof answer === "function" ? answer(input) : answer;
  };

const textOf = ({ action, input }: Call): string =>
  Object.keys(input).length > 0 ? `${action} ${JSON.stringify(input)}` : action;

function callOf(operation: Operation, input: Input, target: Target, place: Place): Call {
  const { url, body } = encode(operation, input, "aws.example", place.awsAccountId);
  const request = operation.path
    ? `${target.region ?? place.region} ${url.pathname}${url.search}`
    : (body ?? "").replace(/&Version=[^&]*/, "");
  return { action: operation.action, input, request };
}

const reply = (body: string) => ({
  body,
  headers: new Headers({ "content-type": /^[[{]/.test(body) ? "application/json" : "text/xml" }),
});

function denied({ service, action }: Operation): Wire {
  const message = `User: arn:aws:sts::111122223333:assumed-role/Cloudglass/scan is not authorized to perform: ${service}:${action}`;
  const { protocol } = serviceOf(service);
  if (protocol.startsWith("json") || protocol === "rest-json") {
    return { status: 400, body: JSON.stringify({ __type: "AccessDeniedException", Message: message }) };
  }
  return { status: 403, body: errorXml("AccessDenied", message) };
}

/** An error as the query protocol writes it; the decoder finds its code in S3's and EC2's way of writing too. */
export const errorXml = (code: string, message = "No"): string =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>7a62c49f-347e-4fc4-9331-6e8eEXAMPLE</RequestId></ErrorResponse>`;

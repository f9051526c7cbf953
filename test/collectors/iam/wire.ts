import { textAt } from "#aws/answer";
import type { AwsCaller, Input, Operation } from "#aws/caller";
import type { Collector, Found } from "#collectors/collector";
import { decodeAnswer, decodeError } from "#aws/decode";
import { AwsFault, faultOf } from "#aws/fault";

/** An answer as it comes over the wire: 200 with a body, or an error. */
export type Wire = string | { readonly status: number; readonly body: string };

export interface FakeAws extends AwsCaller {
  /** Every request that was sent, in order: `ListUsers {"Marker":"2"}`. */
  readonly asked: readonly string[];
  /** Actions whose absence was kept as a gap. */
  readonly gaps: readonly string[];
}

/** Answers each action from wire text through the real decoder; an action without an answer is denied. */
export function fakeAws(answers: Readonly<Record<string, (input: Input) => Wire>>): FakeAws {
  const asked: string[] = [];
  const gaps: string[] = [];
  const remembered = new Map<string, Promise<unknown>>();

  const call = async (operation: Operation, input: Input = {}): Promise<unknown> => {
    asked.push(Object.keys(input).length > 0 ? `${operation.action} ${JSON.stringify(input)}` : operation.action);
    const wire = answers[operation.action]?.(input) ?? denied(operation);
    if (typeof wire === "string") return decodeAnswer(operation, { status: 200, headers: new Headers(), body: wire });
    const { service, action } = operation;
    const subject = { service, action, iamAction: `${service}:${action}`, region: "us-east-1" };
    throw faultOf(subject, decodeError({ headers: new Headers(), ...wire })).fault;
  };

  return {
    asked,
    gaps,
    call,
    async *pages(operation, input = {}) {
      const { token = "", next = "", limit, more } = operation.paging ?? {};
      const first = limit ? { ...input, [limit[0]]: limit[1] } : input;
      for (let at: string | undefined; ;) {
        const answer = await call(operation, at === undefined ? first : { ...first, [token]: at });
        yield answer;
        at = textAt(answer, next);
        if (!at || (more !== undefined && textAt(answer, more) !== "true")) return;
      }
    },
    shared(operation, input = {}) {
      const key = operation.action + JSON.stringify(input);
      const answer = remembered.get(key) ?? call(operation, input);
      remembered.set(key, answer);
      return answer;
    },
    async attempt(operation, input, absent = []) {
      try {
        return await call(operation, input);
      } catch (fault) {
        if (!(fault instanceof AwsFault)) throw fault;
        if (absent.includes(fault.code)) return null;
        gaps.push(operation.action);
        return undefined;
      }
    },
  };
}

const denied = ({ service, action }: Operation): Wire => {
  const message = `User: arn:aws:sts::123456789012:assumed-role/Cloudglass/scan is not authorized to perform: ${service}:${action}`;
  return service === "acm"
    ? { status: 400, body: JSON.stringify({ __type: "AccessDeniedException", Message: message }) }
    : { status: 403, body: iamError("AccessDenied", message) };
};

export const iamError = (code: string, message = ""): string =>
  `<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>7a62c49f-347e-4fc4-9331-6e8eEXAMPLE</RequestId></ErrorResponse>`;

export const iamAnswer = (action: string, result: string): string =>
  `<${action}Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><${action}Result>${result}</${action}Result><ResponseMetadata><RequestId>7a62c49f-347e-4fc4-9331-6e8eEXAMPLE</RequestId></ResponseMetadata></${action}Response>`;

/** The first line of every credential report (IAM User Guide, "Understanding the report format"). */
export const reportHeader =
  "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated";

export const rootRow =
  "<root_account>,arn:aws:iam::123456789012:root,2019-03-01T08:00:00+00:00,not_supported,2026-01-05T10:11:12+00:00,not_supported,not_supported,true,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A";

/** Both calls of a credential report that is ready. */
export const reportOf = (...rows: readonly string[]): Readonly<Record<string, () => Wire>> => ({
  GenerateCredentialReport: () => generation("COMPLETE"),
  GetCredentialReport: () => reportAnswer([reportHeader, ...rows].join("\n")),
});

export const generation = (state: string): string =>
  iamAnswer("GenerateCredentialReport", `<Description>Some words</Description><State>${state}</State>`);

export const reportAnswer = (csv: string): string =>
  iamAnswer(
    "GetCredentialReport",
    `<Content>${btoa(csv)}</Content><ReportFormat>text/csv</ReportFormat><GeneratedTime>2026-06-01T06:00:00Z</GeneratedTime>`,
  );

/** All pages of a collector. */
export async function pagesOf<A extends object, O extends object>(
  collector: Collector<A, O>,
  aws: AwsCaller,
): Promise<readonly Found<A, O>[][]> {
  const place = { partition: "aws", awsAccountId: "123456789012", region: "us-east-1" };
  const pages: Found<A, O>[][] = [];
  for await (const page of collector.collect({ aws, place })) pages.push([...page]);
  return pages;
}

export const allOf = async <A extends object, O extends object>(
  collector: Collector<A, O>,
  aws: AwsCaller,
): Promise<readonly Found<A, O>[]> => (await pagesOf(collector, aws)).flat();

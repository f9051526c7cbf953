import type { Wire } from "../../support/fake-aws.ts";

export const iamAnswer = (action: string, result: string): string =>
  `<${action}Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><${action}Result>${result}</${action}Result><ResponseMetadata><RequestId>7a62c49f-347e-4fc4-9331-6e8eEXAMPLE</RequestId></ResponseMetadata></${action}Response>`;

/** The first line of every credential report (IAM User Guide, "Understanding the report format"). */
export const reportHeader =
  "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated";

export const rootRow =
  "<root_account>,arn:aws:iam::111122223333:root,2019-03-01T08:00:00+00:00,not_supported,2026-01-05T10:11:12+00:00,not_supported,not_supported,true,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A";

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

/** A policy as IAM writes it into its answers. */
export const documentOf = (...statements: readonly object[]): string =>
  encodeURIComponent(JSON.stringify({ Version: "2012-10-17", Statement: statements }));

export const fullAdmin = { Effect: "Allow", Action: "*", Resource: "*" };
/** The same as it is read. */
export const fullAdminRead = {
  sid: null,
  effect: "Allow",
  principals: {},
  notPrincipals: {},
  actions: ["*"],
  notActions: [],
  resources: ["*"],
  notResources: [],
  conditions: [],
};

export interface Details {
  readonly users?: string;
  readonly groups?: string;
  readonly roles?: string;
  readonly policies?: string;
}

/** A page of the account's authorization details; with a marker it is not the last. */
export const details = ({ users = "", groups = "", roles = "", policies = "" }: Details, marker?: string): string =>
  iamAnswer(
    "GetAccountAuthorizationDetails",
    `<IsTruncated>${marker !== undefined}</IsTruncated>${marker === undefined ? "" : `<Marker>${marker}</Marker>`}<UserDetailList>${users}</UserDetailList><GroupDetailList>${groups}</GroupDetailList><RoleDetailList>${roles}</RoleDetailList><Policies>${policies}</Policies>`,
  );

/** How the first page is asked for. */
export const askedDetails =
  'GetAccountAuthorizationDetails {"Filter":["User","Role","Group","LocalManagedPolicy"],"MaxItems":1000}';

/** An account too long to be held: six pages of all kinds, and two of each kind alone, the second of which has these. */
export const longDetails =
  (last: Details) =>
  ({ Filter, Marker = "0" }: Readonly<Record<string, unknown>>): Wire => {
    const page = Number(Marker);
    const isLast = Array.isArray(Filter) && Filter.length === 1 ? page === 1 : page === 5;
    return isLast ? details(last) : details({}, String(page + 1));
  };

export const groupMember = (name: string, path = "/", more = ""): string =>
  `<member><Path>${path}</Path><GroupName>${name}</GroupName><GroupId>AGPA${name.toUpperCase()}</GroupId><Arn>arn:aws:iam::111122223333:group${path}${name}</Arn><CreateDate>2024-01-01T00:00:00Z</CreateDate>${more}</member>`;

export const attached = (...arns: readonly string[]): string =>
  `<AttachedManagedPolicies>${arns.map((arn) => `<member><PolicyName>${arn.split("/").at(-1)}</PolicyName><PolicyArn>${arn}</PolicyArn></member>`).join("")}</AttachedManagedPolicies>`;

export const inline = (list: string, ...policies: readonly (readonly [name: string, document: string])[]): string =>
  `<${list}>${policies.map(([name, document]) => `<member><PolicyName>${name}</PolicyName><PolicyDocument>${document}</PolicyDocument></member>`).join("")}</${list}>`;

export const adminArn = "arn:aws:iam::aws:policy/AdministratorAccess";

/** One page of the tagging API. */
export const taggedAs = (arn: string, key: string, value: string): string =>
  JSON.stringify({
    PaginationToken: "",
    ResourceTagMappingList: [{ ResourceARN: arn, Tags: [{ Key: key, Value: value }] }],
  });

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

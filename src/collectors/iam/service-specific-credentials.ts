import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { Collector, Found } from "#collectors/collector";
import { date, instant, text, wholeListOf } from "#collectors/xml";
import { byMarker } from "./shapes.ts";

/** A long-lived name and secret of a user for one service: API keys of Bedrock, passwords of CodeCommit and Keyspaces. */
export interface ServiceSpecificCredential {
  readonly userName: string;
  /** `bedrock.amazonaws.com`. */
  readonly serviceName: string;
  readonly serviceUserName: string | null;
  readonly active: boolean;
}

const listServiceSpecificCredentials: Operation = {
  service: "iam",
  action: "ListServiceSpecificCredentials",
  paging: byMarker,
};

const ListedCredential = z.object({
  UserName: z.string(),
  Status: z.string(),
  ServiceUserName: text,
  CreateDate: date,
  ExpirationDate: instant,
  ServiceSpecificCredentialId: z.string(),
  ServiceName: z.string(),
});
const Page = z.object({ ServiceSpecificCredentials: wholeListOf("member", ListedCredential) });

/** Source: IAM API 2010-05-08, ListServiceSpecificCredentials of all users, 1,000 per page. Without an end it never expires. */
export const collector: Collector<ServiceSpecificCredential> = {
  id: "iam.serviceSpecificCredentials",
  service: "iam",
  resourceType: "AWS::IAM::ServiceSpecificCredential",
  scope: "global",
  actions: ["iam:ListServiceSpecificCredentials"],
  async *list({ aws }) {
    for await (const page of aws.walk(listServiceSpecificCredentials, { AllUsers: true })) {
      yield Page.parse(page).ServiceSpecificCredentials.map(found);
    }
  },
};

const found = (credential: z.infer<typeof ListedCredential>): Found<ServiceSpecificCredential> => ({
  nativeId: credential.ServiceSpecificCredentialId,
  arn: null,
  name: credential.ServiceUserName ?? credential.UserName,
  state: credential.Status,
  tags: {},
  createdAt: credential.CreateDate,
  expiresAt: credential.ExpirationDate,
  region: null,
  costMonthly: 0,
  attributes: {
    userName: credential.UserName,
    serviceName: credential.ServiceName,
    serviceUserName: credential.ServiceUserName,
    active: credential.Status === "Active",
  },
});

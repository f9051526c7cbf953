import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { Collector, Found } from "#collectors/collector";
import { instant, text } from "#collectors/json";
import { tagActions, taggedAs } from "#collectors/tags";

/** What keeps models from harmful answers. `state`: `READY` when it can be used. */
export interface Guardrail {
  readonly guardrailId: string;
  readonly version: string | null;
  readonly updatedAt: string | null;
}

const listGuardrails: Operation = {
  service: "bedrock",
  action: "ListGuardrails",
  method: "GET",
  path: "/guardrails",
  paging: { token: "nextToken", next: "nextToken", limit: ["maxResults", 1000] },
};

const ListedGuardrail = z.object({
  id: z.string(),
  arn: z.string(),
  name: text,
  status: text,
  version: text,
  createdAt: instant,
  updatedAt: instant,
});
const Page = z.object({ guardrails: z.array(ListedGuardrail) });

/** Source: Bedrock API 2023-04-20, ListGuardrails, 1,000 per page: the draft of each. */
export const collector: Collector<Guardrail> = {
  id: "bedrock.guardrails",
  service: "bedrock",
  resourceType: "AWS::Bedrock::Guardrail",
  scope: "regional",
  actions: ["bedrock:ListGuardrails", ...tagActions],
  async *list(context) {
    for await (const page of context.aws.walk(listGuardrails)) {
      yield Page.parse(page).guardrails.map(found);
    }
  },
};

const found = (guardrail: z.infer<typeof ListedGuardrail>): Found<Guardrail> => ({
  nativeId: guardrail.arn,
  arn: guardrail.arn,
  name: guardrail.name,
  state: guardrail.status,
  ...taggedAs(guardrail.arn),
  createdAt: guardrail.createdAt,
  costMonthly: 0,
  attributes: { guardrailId: guardrail.id, version: guardrail.version, updatedAt: guardrail.updatedAt },
});

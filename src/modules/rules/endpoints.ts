import { endpoint, list, none, one } from "#http/endpoint";
import { changeRule, replaceRule } from "./change.ts";
import { createRule } from "./create.ts";
import { deleteRule } from "./delete.ts";
import { listRules, ruleSort } from "./list.ts";
import { previewRule, previewStored } from "./preview.ts";
import { getRule, type Rule } from "./rule.ts";
import {
  NewRule,
  PreviewBody,
  previewBody,
  PreviewQuery,
  ruleBody,
  RuleBody,
  RulePatch,
  RulePath,
  RuleQuery,
} from "./shapes.ts";

const tag = "Compliance";
const read = { method: "get", tag, scope: "compliance:read", role: "viewer" } as const;
const write = { tag, scope: "compliance:write", role: "editor" } as const;
const rule = one(RuleBody, ruleBody, ({ version }: Rule) => version);
const preview = one(PreviewBody, previewBody);

export const endpoints = [
  endpoint(
    {
      ...read,
      path: "/compliance/rules",
      operationId: "listRules",
      summary: "List your organization's rules, the newest first",
      query: RuleQuery,
      sort: ruleSort,
      reply: list(RuleBody, ruleBody),
      faults: ["INVALID_REQUEST", "INVALID_CURSOR"],
    },
    ({ org, page, query }) => listRules(org, page, query),
  ),
  endpoint(
    {
      ...write,
      method: "post",
      path: "/compliance/rules",
      operationId: "createRule",
      summary: "Make a rule",
      description:
        "A rule says what is wrong: each resource it holds of is a finding of the type `rule:<id>`, from the next scan on. What hangs on a member " +
        "that could not be read, or that the kind does not have, is unknown and never a pass; null is known to be nothing, and so is a tag that is " +
        "not there. An expression is CEL with `has`, `size`, `int`, `double`, `string`, `timestamp`, `duration`, the text methods `contains`, " +
        "`startsWith`, `endsWith`, `glob`, and `exists`, `all`, `exists_one`, `filter`, `map` over lists. There are no regular expressions. A rule " +
        "that takes more than 10,000 steps over a resource is unknown of it. 100 rules at most.",
      body: NewRule,
      status: 201,
      reply: rule,
      location: ({ id }) => `/compliance/rules/${id}`,
      faults: ["INVALID_REQUEST", "CONFLICT"],
    },
    ({ org, body }) => createRule(org, body),
  ),
  endpoint(
    {
      ...read,
      method: "post",
      path: "/compliance/rules/preview",
      operationId: "previewRule",
      summary: "See what a rule would find among the resources there are",
      description:
        "Looks at 5,000 resources at most; go on with `?after=` and the answer's `nextAfter`. Nothing is stored.",
      query: PreviewQuery,
      body: NewRule,
      reply: preview,
      faults: ["INVALID_REQUEST"],
    },
    ({ org, body, query }) => previewRule(org, body, query.after),
  ),
  endpoint(
    {
      ...read,
      path: "/compliance/rules/{id}",
      operationId: "getRule",
      summary: "Get one rule",
      params: RulePath,
      reply: rule,
      faults: ["RESOURCE_NOT_FOUND"],
    },
    ({ org, params }) => getRule(org, params.id),
  ),
  endpoint(
    {
      ...write,
      method: "put",
      path: "/compliance/rules/{id}",
      operationId: "replaceRule",
      summary: "Replace a rule",
      description:
        "One that is switched off leaves no findings: they are resolved. Switched on again, it opens them anew.",
      params: RulePath,
      body: NewRule,
      reply: rule,
      faults: ["INVALID_REQUEST", "RESOURCE_NOT_FOUND", "PRECONDITION_FAILED", "CONFLICT"],
    },
    ({ org, params, body, ifMatch }) => replaceRule(org, { ...params, ifMatch }, body),
  ),
  endpoint(
    {
      ...write,
      method: "patch",
      path: "/compliance/rules/{id}",
      operationId: "changeRule",
      summary: "Change a rule by merge patch (RFC 7396); null restores a default",
      description: "To turn a condition into an expression, send `condition: null` with it.",
      params: RulePath,
      body: RulePatch,
      reply: rule,
      faults: ["INVALID_REQUEST", "RESOURCE_NOT_FOUND", "PRECONDITION_FAILED", "CONFLICT"],
    },
    ({ org, params, body, ifMatch }) => changeRule(org, { ...params, ifMatch }, body),
  ),
  endpoint(
    {
      ...write,
      method: "delete",
      path: "/compliance/rules/{id}",
      operationId: "deleteRule",
      summary: "Delete a rule; its findings are resolved",
      params: RulePath,
      status: 204,
      reply: none,
      faults: ["RESOURCE_NOT_FOUND", "PRECONDITION_FAILED"],
    },
    ({ org, params, ifMatch }) => deleteRule(org, { ...params, ifMatch }),
  ),
  endpoint(
    {
      ...read,
      method: "post",
      path: "/compliance/rules/{id}/preview",
      operationId: "previewStoredRule",
      summary: "See what a stored rule would find among the resources there are",
      params: RulePath,
      query: PreviewQuery,
      reply: preview,
      faults: ["INVALID_REQUEST", "RESOURCE_NOT_FOUND"],
    },
    ({ org, params, query }) => previewStored(org, params.id, query.after),
  ),
];

import { endpoint, list, none, one } from "#http/endpoint";
import { changePolicy, replacePolicy } from "./change.ts";
import { createPolicy } from "./create.ts";
import { deletePolicy } from "./delete.ts";
import { evaluateScan } from "./evaluate.ts";
import { listPolicyEvaluations, listScanEvaluations } from "./evaluations.ts";
import { listPolicies, policySort } from "./list.ts";
import { getPolicy, type Policy } from "./policy.ts";
import {
  evaluatedBody,
  EvaluatedBody,
  EvaluatedPath,
  evaluationBody,
  EvaluationBody,
  EvaluationQuery,
  NewPolicy,
  policyBody,
  PolicyBody,
  PolicyPatch,
  PolicyPath,
  PolicyQuery,
  ScanEvaluationQuery,
  violationBody,
  ViolationBody,
} from "./shapes.ts";
import { listViolations } from "./violations.ts";

const tag = "Policies";
const read = { method: "get", tag, scope: "policies:read", role: "viewer" } as const;
const write = { tag, scope: "policies:write", role: "editor" } as const;
const policy = one(PolicyBody, policyBody, ({ version }: Policy) => version);

export const endpoints = [
  endpoint(
    {
      ...read,
      path: "/policies",
      operationId: "listPolicies",
      summary: "List the policies, the newest first",
      query: PolicyQuery,
      sort: policySort,
      reply: list(PolicyBody, policyBody),
      faults: ["INVALID_REQUEST", "INVALID_CURSOR"],
    },
    ({ org, page, query }) => listPolicies(org, page, query),
  ),
  endpoint(
    {
      ...write,
      method: "post",
      path: "/policies",
      operationId: "createPolicy",
      summary: "Make a policy",
      description:
        "Every scan that ends is held against the policies about its account: each is passed or failed, and what fails is told as " +
        "`policy.violated`. `max_open` counts open findings of a severity and above; `no_new` those first detected since; `score_at_least` is " +
        "a framework's score in the scan; `risk_at_most` the account's risk; `check_passes` a check, or `rule:<id>`, that judged and has no open " +
        "finding; `scan_complete` that nothing was left unseen. A condition without evidence is `unknown`, and the policy fails. 50 policies at most.",
      body: NewPolicy,
      status: 201,
      reply: policy,
      location: ({ id }) => `/policies/${id}`,
      faults: ["INVALID_REQUEST", "CONFLICT"],
    },
    ({ org, body }) => createPolicy(org, body),
  ),
  endpoint(
    {
      ...read,
      path: "/policies/{id}",
      operationId: "getPolicy",
      summary: "Get one policy",
      params: PolicyPath,
      reply: policy,
      faults: ["RESOURCE_NOT_FOUND"],
    },
    ({ org, params }) => getPolicy(org, params.id),
  ),
  endpoint(
    {
      ...write,
      method: "put",
      path: "/policies/{id}",
      operationId: "replacePolicy",
      summary: "Replace a policy",
      params: PolicyPath,
      body: NewPolicy,
      reply: policy,
      faults: ["INVALID_REQUEST", "RESOURCE_NOT_FOUND", "PRECONDITION_FAILED", "CONFLICT"],
    },
    ({ org, params, body, ifMatch }) => replacePolicy(org, { ...params, ifMatch }, body),
  ),
  endpoint(
    {
      ...write,
      method: "patch",
      path: "/policies/{id}",
      operationId: "changePolicy",
      summary: "Change a policy by merge patch (RFC 7396); null restores a default",
      params: PolicyPath,
      body: PolicyPatch,
      reply: policy,
      faults: ["INVALID_REQUEST", "RESOURCE_NOT_FOUND", "PRECONDITION_FAILED", "CONFLICT"],
    },
    ({ org, params, body, ifMatch }) => changePolicy(org, { ...params, ifMatch }, body),
  ),
  endpoint(
    {
      ...write,
      method: "delete",
      path: "/policies/{id}",
      operationId: "deletePolicy",
      summary: "Delete a policy; what it said of scans stays with them",
      role: "admin",
      params: PolicyPath,
      status: 204,
      reply: none,
      faults: ["RESOURCE_NOT_FOUND", "PRECONDITION_FAILED"],
    },
    ({ org, params, ifMatch }) => deletePolicy(org, { ...params, ifMatch }),
  ),
  endpoint(
    {
      ...read,
      path: "/policies/{id}/evaluations",
      operationId: "listPolicyEvaluations",
      summary: "List what a policy said of scans, the newest first",
      params: PolicyPath,
      query: EvaluationQuery,
      reply: list(EvaluationBody, evaluationBody),
      faults: ["INVALID_REQUEST", "INVALID_CURSOR", "RESOURCE_NOT_FOUND"],
    },
    ({ org, params, page, query }) => listPolicyEvaluations(org, params.id, page, query),
  ),
  endpoint(
    {
      method: "post",
      path: "/scans/{id}/evaluate",
      operationId: "evaluateScan",
      tag,
      summary: "Hold a scan against the policies, so that a pipeline can stop at it",
      description:
        "Only the newest scan of an account that has ended: policies are held against what is known now. `result` is `pass` when every policy " +
        "about the account passes. Unlike the end of a scan it tells nobody.",
      scope: "scans:write",
      role: "analyst",
      params: EvaluatedPath,
      reply: one(EvaluatedBody, evaluatedBody),
      faults: ["RESOURCE_NOT_FOUND", "CONFLICT", "SCAN_RUNNING"],
    },
    ({ org, params }) => evaluateScan(org, params.id),
  ),
  endpoint(
    {
      ...read,
      path: "/scans/{id}/evaluations",
      operationId: "listScanEvaluations",
      summary: "List what the policies said of a scan, the newest first",
      params: EvaluatedPath,
      query: ScanEvaluationQuery,
      reply: list(EvaluationBody, evaluationBody),
      faults: ["INVALID_REQUEST", "INVALID_CURSOR", "RESOURCE_NOT_FOUND"],
    },
    ({ org, params, page, query }) => listScanEvaluations(org, params.id, page, query),
  ),
  endpoint(
    {
      ...read,
      path: "/scans/{id}/violations",
      operationId: "listViolations",
      summary: "List the conditions a scan does not meet, by the newest evaluation of each policy",
      description: "All on one page. Conditions without evidence are among them, as `unknown`.",
      params: EvaluatedPath,
      reply: list(ViolationBody, violationBody),
      faults: ["INVALID_REQUEST", "RESOURCE_NOT_FOUND"],
    },
    ({ org, params }) => listViolations(org, params.id),
  ),
];

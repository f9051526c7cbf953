import { endpoint, list, none, one } from "#http/endpoint";
import { getAccount, type Account } from "./account.ts";
import { changeAccount } from "./change.ts";
import { connectAccount } from "./connect.ts";
import { disconnectAccount } from "./disconnect.ts";
import { listAccounts } from "./list.ts";
import {
  accountBody,
  AccountBody,
  AccountPath,
  AccountQuery,
  ChangeAccount,
  ConnectAccount,
  connectedAccountBody,
  ConnectedAccountBody,
  ReplaceAccount,
} from "./shapes.ts";

const read = { tag: "Accounts", scope: "accounts:read", role: "viewer" } as const;
const write = { tag: "Accounts", scope: "accounts:write", role: "admin" } as const;
const versionOf = ({ row }: Account): number => row.version;

export const endpoints = [
  endpoint(
    {
      ...read,
      method: "get",
      path: "/accounts",
      operationId: "listAccounts",
      summary: "List connected AWS accounts",
      query: AccountQuery,
      sort: ["createdAt", "name", "environment", "status", "awsAccountId", "lastScanAt", "updatedAt"],
      reply: list(AccountBody, accountBody),
      faults: ["INVALID_REQUEST", "INVALID_CURSOR"],
    },
    ({ org, page, query }) => listAccounts(org, page, query),
  ),
  endpoint(
    {
      ...write,
      method: "post",
      path: "/accounts",
      operationId: "connectAccount",
      summary: "Connect an AWS account",
      description:
        "With a role, the answer tells once the external id and the trust policy to paste into the role. Credentials are written, never read back.",
      body: ConnectAccount,
      status: 201,
      reply: one(ConnectedAccountBody, connectedAccountBody, versionOf),
      location: ({ row }) => `/accounts/${row.id}`,
      faults: ["INVALID_REQUEST", "CONFLICT", "METHOD_UNAVAILABLE"],
    },
    ({ org, body }) => connectAccount(org, body),
  ),
  endpoint(
    {
      ...read,
      method: "get",
      path: "/accounts/{id}",
      operationId: "getAccount",
      summary: "Get one account",
      params: AccountPath,
      reply: one(AccountBody, accountBody, versionOf, { moving: true }),
      faults: ["INVALID_REQUEST", "RESOURCE_NOT_FOUND"],
    },
    ({ org, params }) => getAccount(org, params.id),
  ),
  endpoint(
    {
      ...write,
      method: "put",
      path: "/accounts/{id}",
      operationId: "replaceAccount",
      summary: "Replace an account's settings",
      params: AccountPath,
      body: ReplaceAccount,
      reply: one(ConnectedAccountBody, connectedAccountBody, versionOf),
      faults: ["INVALID_REQUEST", "RESOURCE_NOT_FOUND", "PRECONDITION_FAILED", "METHOD_UNAVAILABLE"],
    },
    ({ org, params, body, ifMatch }) => changeAccount(org, { ...body, ...params, ifMatch }),
  ),
  endpoint(
    {
      ...write,
      method: "patch",
      path: "/accounts/{id}",
      operationId: "changeAccount",
      summary: "Change an account's settings or rotate its credential",
      params: AccountPath,
      body: ChangeAccount,
      reply: one(ConnectedAccountBody, connectedAccountBody, versionOf),
      faults: ["INVALID_REQUEST", "RESOURCE_NOT_FOUND", "PRECONDITION_FAILED", "METHOD_UNAVAILABLE"],
    },
    ({ org, params, body, ifMatch }) => changeAccount(org, { ...body, ...params, ifMatch }),
  ),
  endpoint(
    {
      ...write,
      method: "delete",
      path: "/accounts/{id}",
      operationId: "disconnectAccount",
      summary: "Disconnect an account",
      description:
        "Its running scan is canceled and its credential is gone at once; what was found in it is taken out within minutes.",
      params: AccountPath,
      status: 204,
      reply: none,
      faults: ["INVALID_REQUEST", "RESOURCE_NOT_FOUND", "PRECONDITION_FAILED"],
    },
    ({ org, params, ifMatch }) => disconnectAccount(org, { ...params, ifMatch }),
  ),
];

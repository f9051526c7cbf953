import { endpoint, one, openEndpoint, type AnyEndpoint } from "#http/endpoint";
import { bootstrap } from "./bootstrap.ts";
import { changeSettings } from "./change-settings.ts";
import { getOrganization, type Organization } from "./get.ts";
import {
  BootstrapBody,
  bootstrapBody,
  BootstrapInput,
  OrganizationBody,
  organizationBody,
  Settings,
  settingsBody,
  SettingsPatch,
} from "./shapes.ts";

const tag = "Organization";

export const endpoints: readonly AnyEndpoint[] = [
  endpoint(
    {
      method: "get",
      path: "/organization",
      operationId: "getOrganization",
      tag,
      summary: "Reads your organization",
      scope: "organization:read",
      role: "viewer",
      reply: one(OrganizationBody, organizationBody, ({ version }) => version),
      faults: ["RESOURCE_NOT_FOUND"],
    },
    ({ org }) => getOrganization(org),
  ),
  endpoint(
    {
      method: "get",
      path: "/organization/settings",
      operationId: "getSettings",
      tag,
      summary: "Reads limits, retention, allowed regions and check parameters",
      scope: "organization:read",
      role: "viewer",
      reply: one(Settings, settingsBody, ({ version }: Organization) => version),
      faults: ["RESOURCE_NOT_FOUND"],
    },
    ({ org }) => getOrganization(org),
  ),
  endpoint(
    {
      method: "patch",
      path: "/organization/settings",
      operationId: "changeSettings",
      tag,
      summary: "Changes settings by merge patch (RFC 7396); null restores a default",
      scope: "organization:write",
      role: "admin",
      body: SettingsPatch,
      reply: one(Settings, settingsBody, ({ version }: Organization) => version),
      faults: ["RESOURCE_NOT_FOUND", "PRECONDITION_FAILED", "CONFLICT"],
    },
    ({ org, body, ifMatch }) => changeSettings(org, body, ifMatch),
  ),
  openEndpoint(
    {
      method: "post",
      path: "/api/v1/bootstrap",
      operationId: "bootstrap",
      tag,
      summary: "Makes the first organization and its admin key",
      description: "Answers 404 once there is an organization, and where the secret BOOTSTRAP_TOKEN is not set.",
      group: "auth",
      security: "bootstrap",
      body: BootstrapInput,
      status: 201,
      reply: one(BootstrapBody, bootstrapBody),
      faults: ["RESOURCE_NOT_FOUND", "UNAUTHORIZED"],
    },
    ({ body, bearer, ...surroundings }) => bootstrap(surroundings, { ...body, token: bearer }),
  ),
];

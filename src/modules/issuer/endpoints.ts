import { openEndpoint, text } from "#http/endpoint";
import { issuerMetadata, keySet, keySetPath } from "./metadata.ts";
import { KeySetBody, MetadataBody } from "./shapes.ts";

const discovery = { method: "get", tag: "Accounts", maxAgeSeconds: 300, faults: ["RESOURCE_NOT_FOUND"] } as const;

export const endpoints = [
  openEndpoint(
    {
      ...discovery,
      path: "/.well-known/openid-configuration",
      operationId: "getIssuer",
      summary: "Who issues the tokens that open keyless accounts",
      description: "OpenID Connect Discovery 1.0: what AWS reads when a role trusts Cloudglass.",
      reply: text("application/json", MetadataBody),
    },
    async ({ env }) => JSON.stringify(issuerMetadata(env)),
  ),
  openEndpoint(
    {
      ...discovery,
      path: keySetPath,
      operationId: "getIssuerKeys",
      summary: "The keys those tokens are verified with",
      description: "A JWK Set (RFC 7517). Around a rotation it holds two keys.",
      reply: text("application/json", KeySetBody),
    },
    async ({ env, now }) => JSON.stringify(await keySet(env, now)),
  ),
];

import { z } from "@hono/zod-openapi";

const words = z.array(z.string());

export const MetadataBody = z
  .object({
    issuer: z.url(),
    jwks_uri: z.url(),
    response_types_supported: words,
    subject_types_supported: words,
    id_token_signing_alg_values_supported: words,
    claims_supported: words,
  })
  .openapi("IssuerMetadata", {
    example: {
      issuer: "https://cloudglass.example",
      jwks_uri: "https://cloudglass.example/.well-known/jwks.json",
      response_types_supported: ["id_token"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["RS256"],
      claims_supported: ["iss", "aud", "sub", "iat", "nbf", "exp", "jti"],
    },
  });

const Key = z.object({
  kty: z.literal("RSA"),
  use: z.literal("sig"),
  alg: z.literal("RS256"),
  kid: z.string(),
  n: z.string(),
  e: z.string(),
});

export const KeySetBody = z.object({ keys: z.array(Key) }).openapi("IssuerKeySet");

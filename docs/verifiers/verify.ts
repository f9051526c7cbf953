// Verifies a Cloudglass webhook with WebCrypto: Node 20+, Deno, Bun, Cloudflare Workers, browsers. No dependency.

export type WebhookHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

const toleranceSeconds = 300;

/** The parsed body; throws when anything about it is not right. `body`: the raw text, as it came, before any parsing. */
export async function verifyWebhook(secret: string, headers: WebhookHeaders, body: string, now = Date.now()) {
  const id = only(headers, "webhook-id");
  const timestamp = only(headers, "webhook-timestamp");
  const signatures = only(headers, "webhook-signature");
  if (!/^\d{1,15}$/.test(timestamp)) throw new Error("webhook-timestamp is no number");
  if (Math.abs(now / 1000 - Number(timestamp)) > toleranceSeconds)
    throw new Error("webhook-timestamp is too old or too new");
  const key = await crypto.subtle.importKey(
    "raw",
    bytesOf(secret.replace(/^whsec_/, "")),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["verify"],
  );
  const signed = new TextEncoder().encode(`${id}.${timestamp}.${body}`);
  // Several while a secret is being rotated. `verify` compares in constant time.
  for (const signature of signatures.split(" ")) {
    const base64 = /^v1,([A-Za-z0-9+/]{43}=)$/.exec(signature)?.[1];
    // Base64 has several spellings of the same bytes; only the one that is sent counts.
    if (!base64 || btoa(atob(base64)) !== base64) continue;
    if (await crypto.subtle.verify("HMAC", key, bytesOf(base64), signed)) return JSON.parse(body);
  }
  throw new Error("No signature matches");
}

/** A header that must be there once: several values of it come as a list, or joined by a comma and a space. */
function only(headers: WebhookHeaders, name: string): string {
  const value = headers instanceof Headers ? headers.get(name) : headers[name];
  if (typeof value !== "string" || value === "" || value.includes(", ")) throw new Error(`${name} must be there once`);
  return value;
}

const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

/** `cg_ticket_` + the organization, whose object knows the ticket, + 256 random bits in base64url. */
const prefix = "cg_ticket_";
const pattern = /^cg_ticket_([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})_[\w-]{43}$/;

export function makeTicket(orgId: string): string {
  const random = crypto.getRandomValues(new Uint8Array(32)).toBase64({ alphabet: "base64url", omitPadding: true });
  return `${prefix}${orgId.replaceAll("-", "")}_${random}`;
}

/** Null for what cannot be a ticket; costs no look-up. */
export function orgOfTicket(ticket: string): string | null {
  const [, ...parts] = pattern.exec(ticket) ?? [];
  return parts.length > 0 ? parts.join("-") : null;
}

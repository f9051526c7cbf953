// (a) What the runtime costs.
export default { fetch: () => Response.json({ ok: true }) };

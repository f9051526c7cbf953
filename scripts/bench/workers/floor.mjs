// (c) The floor: the look-up of a key, one call of a Durable Object and one query of 100 rows, and nothing else.
import { DurableObject } from "cloudflare:workers";

export class Counter extends DurableObject {
  #count = 0;

  admit() {
    this.#count += 1;
    return { admitted: true, count: this.#count };
  }
}

const text = `SELECT * FROM findings WHERE org_id = ?1 AND status = 'open'
  ORDER BY severity_rank DESC, first_detected_at DESC, id DESC LIMIT 100`;

export default {
  async fetch(_request, env) {
    const key = await env.KEYS.get("key", { type: "json", cacheTtl: 60 });
    const gate = env.COUNTER.getByName(key.orgId).admit();
    const [{ admitted }, { results }] = await Promise.all([gate, env.DB.prepare(text).bind(key.orgId).all()]);
    return Response.json({ data: results, admitted });
  },
};

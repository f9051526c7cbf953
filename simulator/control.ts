import { ZodError } from "zod";
import { changeAccount, resetAccount, type Account, type Accounts } from "./accounts.ts";

const answer = (body: unknown, status = 200): Response => Response.json(body, { status });

const callsOf = (account: Account | undefined) =>
  [...(account?.calls ?? [])].map(([key, count]) => {
    const [service = "", action = "", region = ""] = key.split(" ");
    return { service, action, region, count };
  });

async function put(accounts: Accounts, id: string, request: Request): Promise<Response> {
  try {
    const patch: unknown = await request.json();
    if (typeof patch !== "object" || patch === null || Array.isArray(patch))
      return answer({ error: "not an object" }, 400);
    const { settings, inventory } = changeAccount(accounts, id, { ...patch });
    return answer({ ...settings, total: inventory.total });
  } catch (error) {
    if (error instanceof ZodError) return answer({ error: "not settings of an account", issues: error.issues }, 400);
    if (error instanceof SyntaxError) return answer({ error: "not JSON" }, 400);
    throw error;
  }
}

/** Requests that arrange the simulated accounts; see README.md. They are not signed. */
export async function control(accounts: Accounts, request: Request): Promise<Response> {
  const [, id, calls] = /^\/accounts\/(\d{12})(\/calls)?$/.exec(new URL(request.url).pathname) ?? [];
  if (id === undefined) return answer({ error: "no such thing" }, 404);
  const asked = `${request.method}${calls ?? ""}`;
  if (asked === "PUT") return put(accounts, id, request);
  if (asked === "GET/calls") return answer(callsOf(accounts.get(id)));
  if (asked === "DELETE/calls") accounts.get(id)?.calls.clear();
  else if (asked === "DELETE") resetAccount(accounts, id);
  else return answer({ error: "no such thing" }, 405);
  return new Response(null, { status: 204 });
}

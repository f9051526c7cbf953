// (b) What the framework and validating the query of a list cost.
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";

const query = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(50),
  status: z.enum(["open", "snoozed", "ignored", "resolved"]).default("open"),
  severity: z.string().optional(),
  cursor: z.string().optional(),
});
const route = createRoute({
  method: "get",
  path: "/api/v1/findings",
  request: { query },
  responses: { 200: { description: "" } },
});

const app = new OpenAPIHono();
app.openapi(route, (c) => c.json({ data: [], query: c.req.valid("query") }));
export default app;

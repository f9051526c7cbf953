import { describe, it } from "vitest";
import { api } from "../../support/api.ts";
import { makeOrg } from "../../support/org.ts";

describe("GET /whoami", () => {
  it("200: names the organization, the key, its role and its scopes", async ({ expect }) => {
    const org = await makeOrg();
    const answer = await api(org.keys.analyst).get("/whoami");
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      data: {
        organization: { id: org.id },
        credential: { type: "api_key", id: org.keyIds.analyst },
        role: "analyst",
        scopes: ["*"],
      },
    });
  });
});

import assert from "node:assert/strict";
import test from "node:test";
import { MintRefused, mint } from "../../../static/js/realtime/mint.js";
import { answer } from "../fakes.js";

const minting = (fetch) => mint({ url: "/sessions/", form: new FormData(), csrfToken: "token", providerLabel: "OpenAI", fetch });
const refusal = (fetch) => minting(fetch).then(assert.fail, (failure) => failure);

test("asks for JSON with the CSRF token and returns the key", async () => {
  const asked = [];
  const key = await minting(async (url, request) => (asked.push({ url, ...request }), answer(200, { value: "ek_1" })));
  assert.equal(key.value, "ek_1");
  assert.deepEqual([asked[0].method, asked[0].headers], ["POST", { Accept: "application/json", "X-CSRFToken": "token" }]);
});

test("wrong fields come back by name", async () => {
  const errors = { threshold: [{ message: "Too high.", code: "max_value" }] };
  const refused = await refusal(async () => answer(400, { errors }));
  assert.ok(refused instanceof MintRefused);
  assert.deepEqual([refused.fieldErrors, refused.notice], [errors, null]);
});

const ROWS = [
  ["a refused account key", 502, { error: { code: "provider_refused_key", message: "No." } }, "OpenAI refused the key"],
  ["a provider that is away", 502, { error: { code: "provider_unreachable", message: "No." } }, "OpenAI could not be reached"],
  ["too many requests", 429, { error: { code: "rate_limited", message: "No." } }, "OpenAI asks us to slow down"],
  ["a busy engine", 503, { error: { code: "engine_busy", message: "No." } }, "OpenAI is busy"],
  ["a page instead of JSON", 500, "<html>", "OpenAI refused a request"],
];

for (const [name, status, body, title] of ROWS) {
  test(`${name} becomes a notice`, async () => {
    const refused = await refusal(async () => answer(status, body));
    assert.deepEqual([refused.notice.title, refused.fieldErrors], [title, null]);
  });
}

test("a wait is passed on", async () => {
  const refused = await refusal(async () => answer(429, { error: { code: "rate_limited" } }, { "Retry-After": "7" }));
  assert.equal(refused.notice.action.afterSeconds, 7);
});

test("a site that cannot be reached is named as such", async () => {
  const refused = await refusal(() => Promise.reject(new TypeError("Failed to fetch")));
  assert.equal(refused.notice.title, "This site could not be reached");
});

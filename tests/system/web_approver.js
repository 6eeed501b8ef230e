// What the web page will do, in Node's WebCrypto: makes a key that cannot be read out, writes its
// public half, waits for an approval to be wanted, signs it and posts it.
// usage: node web_approver.js URL TOKEN PUBLIC_KEY_FILE
"use strict";
const { webcrypto, createHash } = require("node:crypto");
const fs = require("node:fs");
const { subtle } = webcrypto;

const [url, token, keyFile] = process.argv.slice(2);
const base64url = (bytes) => Buffer.from(bytes).toString("base64url");

async function makeKey() {
  const key = await subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
  const spki = Buffer.from(await subtle.exportKey("spki", key.publicKey));
  const lines = spki.toString("base64").match(/.{1,64}/g).join("\n");
  const pem = `-----BEGIN PUBLIC KEY-----\n${lines}\n-----END PUBLIC KEY-----\n`;
  fs.writeFileSync(keyFile + ".new", pem, { mode: 0o644 });
  fs.renameSync(keyFile + ".new", keyFile);
  return { privateKey: key.privateKey, id: createHash("sha256").update(spki).digest("hex").slice(0, 16) };
}

async function ask(method, path, body) {
  const answer = await fetch(url + path, {
    method,
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return { status: answer.status, text: await answer.text() };
}

async function sign(key, wanted) {
  const header = base64url(`{"alg":"ES256","kid":"${key.id}","typ":"tomte-approval"}`);
  const payload = base64url(JSON.stringify({
    v: 1,
    id: wanted.id,
    host: wanted.host,
    plan_hash: wanted.plan_hash,
    expires_at: new Date(Date.now() + 600000).toISOString(),
    approved: true,
    actor: "operator:browser",
    reason: "looks good",
  }));
  const signature = await subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key.privateKey,
    new TextEncoder().encode(`${header}.${payload}`));
  return `${header}.${payload}.${base64url(signature)}`;
}

async function main() {
  const key = await makeKey();
  for (;;) {
    const found = await ask("GET", "/api/v1/approvals").catch(() => null);
    const items = found && found.status === 200 ? JSON.parse(found.text).items : [];
    for (const wanted of items) {
      const taken = await ask("POST", `/api/v1/approvals/${wanted.id}`, { jws: await sign(key, wanted) });
      console.log(taken.status, taken.text);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

main();

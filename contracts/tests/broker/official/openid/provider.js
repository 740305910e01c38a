// An OpenID provider whose pages take any password: node provider.js CLIENT SECRET REDIRECT_URI
// It prints its issuer, and ends with its standard input.

import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const [client, secret, redirectUri] = process.argv.slice(2);
const groups = { ann: ["shop", "everyone"], bob: ["sales"] };

const server = createServer((request, response) => handle(request, response));
let handle;

server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: client, client_secret: secret, redirect_uris: [redirectUri] }],
    claims: { openid: ["sub"], profile: ["name"], groups: ["groups"] },
    cookies: { keys: ["only for tests"] },
    pkce: { required: () => true },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, name: id.toUpperCase(), groups: groups[id] ?? [] }),
    }),
  });
  handle = provider.callback();
  console.log(issuer);
});

process.stdin.resume();
process.stdin.on("end", () => process.exit());

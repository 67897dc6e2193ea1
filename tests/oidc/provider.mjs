// An OpenID Connect provider on loopback, as a person would set one up for Storewright. Whoever signs in is who they
// say: their claims come as JSON in the login field. node provider.mjs REDIRECT_URI; prints its issuer.
import http from "node:http";
import { Provider } from "oidc-provider";

const [redirectUri] = process.argv.slice(2);
const server = http.createServer();
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const issuer = `http://localhost:${server.address().port}`;

const provider = new Provider(issuer, {
    clients: [{
        client_id: "storewright",
        client_secret: "a secret/with+odd: characters%",
        redirect_uris: [redirectUri],
    }],
    pkce: { required: () => true },
    conformIdTokenClaims: false,
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["preferred_username"] },
    findAccount: (_, id) => ({ accountId: id, claims: () => JSON.parse(id) }),
    cookies: { keys: ["of this test only"] },
    features: { devInteractions: { enabled: true } },
});
server.on("request", provider.callback());
console.log(issuer);
process.stdin.resume().on("end", () => process.exit());

import { verify } from "node:crypto";
import type { Actor } from "../actor.ts";
import type { Github } from "../github.ts";
import type { App } from "../model.ts";
import { done, type Outcome, refused } from "../outcome.ts";

/** Who a request comes from: an App by its JWT, or a person or installation by a token. */
export type Caller =
  | { readonly kind: "app"; readonly app: App }
  | { readonly kind: "actor"; readonly by: Actor }
  | { readonly kind: "anonymous" };

const bad = refused(401, "Bad credentials");

/** What an Authorization header proves. */
export function authenticate(github: Github, header: string | undefined): Outcome<Caller> {
  if (header === undefined || header === "") return done({ kind: "anonymous" });
  const [scheme = "", value = ""] = header.split(/\s+/, 2);
  if (scheme.toLowerCase() === "basic") {
    const text = Buffer.from(value, "base64").toString();
    return byToken(github, text.slice(text.indexOf(":") + 1));
  }
  if (!["bearer", "token"].includes(scheme.toLowerCase())) return bad;
  return value.startsWith("ey") && value.split(".").length === 3 ? byJwt(github, value) : byToken(github, value);
}

/** The person or installation that holds a token. */
export function byToken(github: Github, text: string): Outcome<Caller> {
  const token = github.find.token(text);
  if (!token) return bad;
  if (token.expiresAt !== null && github.limits.tokensExpire && token.expiresAt <= github.time()) return bad;
  if (token.userId !== null) {
    const account = github.state.accounts.get(token.userId);
    if (!account) return bad;
    const person = { account, installation: null, permissions: null, repositoryIds: null };
    if (token.via === undefined) return done({ kind: "actor", by: person });
    const via = github.state.apps.get(token.via.appId);
    return via ? done({ kind: "actor", by: { ...person, via } }) : bad;
  }
  const installation = github.state.installations.get(token.installationId ?? -1);
  const app = github.state.apps.get(installation?.appId ?? -1);
  const account = github.state.accounts.get(app?.botId ?? -1);
  if (!installation || !account) return bad;
  if (installation.suspendedAt !== null) return refused(403, "This installation has been suspended");
  const permissions = token.permissions ?? installation.permissions;
  return done({ kind: "actor", by: { account, installation, permissions, repositoryIds: token.repositoryIds } });
}

type Claims = { readonly iss?: string | number; readonly exp?: number; readonly iat?: number };

/** How far an App's clock may be off, in seconds. */
const tolerance = 60;
const longestLife = 600;

function byJwt(github: Github, jwt: string): Outcome<Caller> {
  const [head = "", body = "", signature = ""] = jwt.split(".");
  const header = parse(head) as { alg?: string } | null;
  const claims = parse(body) as Claims | null;
  if (!header || !claims || header.alg !== "RS256") return refused(401, "A JSON web token could not be decoded");
  const issuer = String(claims.iss ?? "");
  const app = github.state.apps.all().find((one) => String(one.id) === issuer || one.clientId === issuer);
  if (!app) return refused(404, "Integration not found");
  const genuine = verify(
    "RSA-SHA256",
    Buffer.from(`${head}.${body}`),
    app.publicKey,
    Buffer.from(signature, "base64url"),
  );
  if (!genuine) return refused(401, "A JSON web token could not be decoded");
  const wrong = [github.clock.now(), new Date()].map((now) => timeRefusal(claims, now.getTime() / 1000));
  const first = wrong.every((one) => one !== null) ? wrong[0] : null;
  return first ? refused(401, first) : done({ kind: "app", app });
}

/** An App's machine does not skip time with the sandbox, so either clock may find the token timely. */
function timeRefusal({ exp, iat }: Claims, now: number): string | null {
  if (typeof exp !== "number" || exp <= now) {
    return "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires";
  }
  if (exp > now + longestLife + tolerance) {
    return "'Expiration time' claim ('exp') is too far in the future";
  }
  if (typeof iat === "number" && iat > now + tolerance) {
    return "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued";
  }
  return null;
}

function parse(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString());
  } catch {
    return null;
  }
}

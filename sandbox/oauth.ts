import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { type Github, timeOf } from "./github.ts";
import type { Account, App, Token } from "./model.ts";

/** Source: docs.github.com, "Generating a user access token for a GitHub App" and "Refreshing user access tokens". */
const CODE_LIFE = 10 * 60_000;
const TOKEN_LIFE = 8 * 3_600_000;
const REFRESH_LIFE = 184 * 24 * 3_600_000;
const DOCS = "https://docs.github.com/apps/oauth-apps/maintaining-oauth-apps";

/** What an App asks a person for, as the address of the authorize page carries it. */
export type Asking = {
  readonly app: App;
  readonly redirectUri: string;
  readonly state: string;
  readonly challenge: string | null;
};

/** Reads an App's question. Null: no such App; a text: why GitHub shows a page instead of sending anybody back. */
export function askingOf(github: Github, query: URLSearchParams): Asking | string | null {
  const app = github.state.apps.all().find((one) => one.clientId === query.get("client_id"));
  if (app === undefined) return null;
  const callbacks = app.callbackUrls ?? [];
  const redirectUri = query.get("redirect_uri") ?? callbacks[0];
  if (redirectUri === undefined || !callbacks.includes(redirectUri))
    return "The redirect_uri is not associated with this application.";
  const challenge = query.get("code_challenge");
  if (challenge !== null && query.get("code_challenge_method") !== "S256")
    return "The code_challenge_method must be S256.";
  return { app, redirectUri, state: query.get("state") ?? "", challenge };
}

/** The person lets the App act for them. Answers where their browser goes on to. */
export function authorise(github: Github, person: Account, { app, redirectUri, state, challenge }: Asking): string {
  const code = randomBytes(10).toString("hex");
  github.state.authorisations.put({
    id: github.state.nextId(),
    code,
    appId: app.id,
    userId: person.id,
    redirectUri,
    challenge,
    expiresAt: after(github, CODE_LIFE),
  });
  return back(redirectUri, { code, state });
}

/** The person does not. */
export const decline = ({ redirectUri, state }: Asking): string =>
  back(redirectUri, {
    error: "access_denied",
    error_description: "The user has denied your application access.",
    error_uri: `${DOCS}/troubleshooting-authorization-request-errors/#access-denied`,
    state,
  });

/** The person takes back what they allowed: the App's tokens for them end. */
export function revoke(github: Github, app: App, person: Account): void {
  for (const token of github.find.tokensOfUser(person.id))
    if (token.via?.appId === app.id) github.state.tokens.remove(token.id);
}

/** `POST /login/oauth/access_token`: a code, or a refresh token, for a token. What is wrong is said with status 200. */
export function accessToken(github: Github, form: URLSearchParams): Readonly<Record<string, string | number>> {
  const app = github.state.apps.all().find((one) => one.clientId === form.get("client_id"));
  if (app === undefined || !same(form.get("client_secret") ?? "", app.clientSecret))
    return wrong("incorrect_client_credentials", "The client_id and/or client_secret passed are incorrect.");
  const kind = form.get("grant_type") ?? "authorization_code";
  if (kind === "refresh_token") return refreshed(github, app, form.get("refresh_token") ?? "");
  if (kind !== "authorization_code") return wrong("unsupported_grant_type", "The grant type is not supported.");
  return exchanged(github, app, form);
}

function exchanged(github: Github, app: App, form: URLSearchParams) {
  const found = github.find.authorisation(form.get("code") ?? "");
  const bad = wrong("bad_verification_code", "The code passed is incorrect or expired.");
  if (found === undefined || found.appId !== app.id) return bad;
  const redirectUri = form.get("redirect_uri");
  if (redirectUri !== null && redirectUri !== found.redirectUri)
    return wrong(
      "redirect_uri_mismatch",
      "The redirect_uri MUST match the registered callback URL for this application.",
    );
  github.state.authorisations.remove(found.id);
  if (found.expiresAt <= github.time()) return bad;
  const verifier = createHash("sha256")
    .update(form.get("code_verifier") ?? "")
    .digest("base64url");
  if (found.challenge !== null && !same(verifier, found.challenge)) return bad;
  return shown(give(github, app, found.userId));
}

/** The old token and the old refresh token end with it. */
function refreshed(github: Github, app: App, refreshToken: string) {
  const old = github.find.refreshable(refreshToken);
  if (old?.via?.appId !== app.id || old.userId === null || old.via.refreshExpiresAt <= github.time())
    return wrong("bad_refresh_token", "The refresh token passed is incorrect or expired.");
  github.state.tokens.remove(old.id);
  return shown(give(github, app, old.userId));
}

function give(github: Github, app: App, userId: number): Token {
  return github.state.tokens.put({
    id: github.state.nextId(),
    token: `ghu_${randomBytes(18).toString("hex")}`,
    userId,
    installationId: null,
    repositoryIds: null,
    permissions: null,
    expiresAt: after(github, TOKEN_LIFE),
    via: {
      appId: app.id,
      refreshToken: `ghr_${randomBytes(38).toString("hex")}`,
      refreshExpiresAt: after(github, REFRESH_LIFE),
    },
  });
}

const shown = ({ token, via }: Token): Readonly<Record<string, string | number>> => ({
  access_token: token,
  expires_in: TOKEN_LIFE / 1000,
  refresh_token: via?.refreshToken ?? "",
  refresh_token_expires_in: REFRESH_LIFE / 1000,
  scope: "",
  token_type: "bearer",
});

const wrong = (error: string, description: string) => ({
  error,
  error_description: description,
  error_uri: `${DOCS}/troubleshooting-oauth-app-access-token-request-errors/#${error.replaceAll("_", "-")}`,
});

function back(redirectUri: string, fields: Readonly<Record<string, string>>): string {
  const to = new URL(redirectUri);
  for (const [name, value] of Object.entries(fields)) if (value !== "") to.searchParams.set(name, value);
  return to.href;
}

const after = (github: Github, milliseconds: number) => timeOf(new Date(github.clock.now().getTime() + milliseconds));

function same(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => createHash("sha256").update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}

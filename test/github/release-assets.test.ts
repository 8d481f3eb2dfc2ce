import { describe, expect, test } from "@jest/globals";
import nock from "nock";
import { assetsSlot, type Effect } from "../../src/flow/effect.ts";
import { digestOf } from "../../src/flow/ledger.ts";
import { type Hash, later } from "../../src/flow/names.ts";
import { uploadAddress } from "../../src/github/release-assets.ts";
import { API, connected, LEASE, NAME, NOW, REPOSITORY, signedIn, TOKEN } from "./api.ts";

type Assets = Extract<Effect, { thing: "assets" }>;
const R = "/repos/org/api";
const UPLOADS = "https://uploads.github.com";
const SHOWN = `${R}/releases/900`;
const LIST = `${SHOWN}/assets?per_page=100&page=1`;
const JSON_FILE = { name: "evidence.json", text: '{"a":"ü"}\n' };
const MD_FILE = { name: "evidence.md", text: "# Evidence\n" };
const ASSETS: Assets = {
  does: "set",
  thing: "assets",
  slot: assetsSlot(REPOSITORY, 12),
  fingerprint: "f" as Hash,
  repository: REPOSITORY,
  name: NAME,
  tag: "v1.4.0",
  release: 900,
  sendTo: null,
  files: [JSON_FILE, MD_FILE],
};

type File = { readonly name: string; readonly text: string };
const asset = (id: number, { name, text }: File, more: object = {}) => ({
  id,
  name,
  state: "uploaded",
  size: Buffer.byteLength(text),
  digest: `sha256:${digestOf(text)}`,
  ...more,
});
const RIGHT = [asset(1, JSON_FILE), asset(2, MD_FILE)];
const STARTER = asset(3, JSON_FILE, { state: "starter", size: 0, digest: null });
const OTHER_BYTES = asset(4, JSON_FILE, { digest: `sha256:${"0".repeat(64)}` });
const OTHERS = asset(9, { name: "notes.txt", text: "Somebody's" });

/** Exactly these, in this order. `host`: another one than the API's; a text is what is sent. */
type Call = {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly host?: string;
  readonly headers?: Record<string, string>;
  readonly sent?: string;
  readonly status: number;
  readonly answer?: object | string;
  readonly answered?: Record<string, string>;
};
const shows = (assets: readonly object[], upload_url = `${UPLOADS}${SHOWN}/assets{?name,label}`): Call => ({
  method: "GET",
  path: SHOWN,
  status: 200,
  answer: { id: 900, tag_name: "v1.4.0", upload_url, assets },
});
const uploads = ({ name, text }: File, status = 201, answer: object = {}): Call => ({
  method: "POST",
  path: `${SHOWN}/assets?name=${name}`,
  host: UPLOADS,
  headers: {
    "content-type": name === JSON_FILE.name ? "application/json" : "text/plain; charset=utf-8",
    authorization: `token ${TOKEN}`,
  },
  sent: text,
  status,
  answer,
});
const deletes = (id: number, status = 204): Call => ({
  method: "DELETE",
  path: `${R}/releases/assets/${id}`,
  status,
  ...(status === 204 ? {} : { answer: { message: "Not Found" } }),
});
const TAKEN = {
  message: "Validation Failed",
  errors: [{ resource: "ReleaseAsset", code: "already_exists", field: "name" }],
};
const said = (message: string) => ({ message });

/** Answers these calls, and holds that they came in this order. */
function expecting(calls: readonly Call[]): { readonly end: () => void } {
  signedIn();
  const came: string[] = [];
  const scopes = calls.map(({ method, path, host = API, headers = {}, sent, status, answer, answered }) =>
    nock(host, { reqheaders: headers })
      .intercept(path, method, (body: unknown) =>
        sent === undefined ? body === "" : sent === (typeof body === "string" ? body : `${JSON.stringify(body)}\n`),
      )
      .reply(() => {
        came.push(`${method} ${path}`);
        return [status, answer ?? "", answered ?? {}];
      }),
  );
  return {
    end: () => {
      for (const scope of scopes) scope.done();
      expect(came).toEqual(calls.map(({ method, path }) => `${method} ${path}`));
    },
  };
}

async function did(calls: readonly Call[], effect: Effect = ASSETS) {
  const { end } = expecting(calls);
  const receipt = await connected({ timeout: 200 }).github.perform(LEASE, effect);
  end();
  return receipt;
}

const done = { came: "done", id: 900 };
const refused = (because: string) => ({ came: "refused", because: expect.stringContaining(because) });
const ASKED = "attach evidence.json, evidence.md to the release v1.4.0 of org/api";

describe("The files of a release", () => {
  test.each<[string, readonly Call[], object]>([
    [
      "are sent to the upload host, once each, and read back",
      [shows([OTHERS]), uploads(JSON_FILE), uploads(MD_FILE), shows([OTHERS, ...RIGHT])],
      done,
    ],
    ["that are there are not sent again", [shows(RIGHT)], done],
    [
      "that others have under these names give way, whatever they are",
      [
        shows([OTHER_BYTES, asset(5, { ...MD_FILE, text: "x" })]),
        deletes(4),
        uploads(JSON_FILE),
        deletes(5),
        uploads(MD_FILE),
        shows(RIGHT),
      ],
      done,
    ],
    [
      "that were sent in part only are deleted and sent whole",
      [shows([STARTER, RIGHT[1] ?? {}]), deletes(3), uploads(JSON_FILE), shows(RIGHT)],
      done,
    ],
    [
      "whose name a starter took meanwhile: seen, deleted, sent",
      [
        shows([]),
        uploads(JSON_FILE, 422, TAKEN),
        uploads(MD_FILE),
        shows([STARTER, RIGHT[1] ?? {}]),
        deletes(3),
        uploads(JSON_FILE),
        shows(RIGHT),
      ],
      done,
    ],
    [
      "that somebody else deleted just now are not missed",
      [shows([OTHER_BYTES, RIGHT[1] ?? {}]), deletes(4, 404), uploads(JSON_FILE), shows(RIGHT)],
      done,
    ],
    [
      "that come back as other bytes are sent once more",
      [
        shows([RIGHT[1] ?? {}]),
        uploads(JSON_FILE),
        shows([OTHER_BYTES, RIGHT[1] ?? {}]),
        deletes(4),
        uploads(JSON_FILE),
        shows(RIGHT),
      ],
      done,
    ],
    [
      "that come back as other bytes twice: it says which",
      [
        shows([RIGHT[1] ?? {}]),
        uploads(JSON_FILE),
        shows([OTHER_BYTES, RIGHT[1] ?? {}]),
        deletes(4),
        uploads(JSON_FILE),
        shows([OTHER_BYTES, RIGHT[1] ?? {}]),
      ],
      refused(
        `evidence.json is there with sha256:${"0".repeat(64)} instead of sha256:${digestOf(JSON_FILE.text)} when asked to ${ASKED}`,
      ),
    ],
    [
      "that GitHub took and does not show, in part or at all: it says which",
      [
        shows([]),
        uploads(JSON_FILE),
        uploads(MD_FILE),
        shows([]),
        uploads(JSON_FILE),
        uploads(MD_FILE),
        shows([STARTER]),
      ],
      refused("evidence.json is there only in part, and evidence.md is not there though GitHub took it when asked"),
    ],
    [
      "of which there are many are all seen",
      [
        shows(Array.from({ length: 30 }, (_, n) => asset(100 + n, { name: `${n}.txt`, text: "x" }))),
        { method: "GET", path: LIST, status: 200, answer: RIGHT },
      ],
      done,
    ],
    [
      "of which there are many, while the list is silent",
      [
        shows(Array.from({ length: 30 }, (_, n) => asset(100 + n, { name: `${n}.txt`, text: "x" }))),
        { method: "GET", path: LIST, status: 502 },
      ],
      { came: "unsure" },
    ],
    [
      "of a release that is gone",
      [{ method: "GET", path: SHOWN, status: 404, answer: said("Not Found") }],
      refused(`GitHub does not show the release v1.4.0 any more when asked to ${ASKED}.`),
    ],
    ["while GitHub is silent", [{ method: "GET", path: SHOWN, status: 502 }], { came: "unsure" }],
    [
      "without the permission",
      [shows([]), uploads(JSON_FILE, 403, said("Resource not accessible by integration"))],
      refused("files of releases in org/api: give the App the permission Contents: write"),
    ],
    [
      "of a release that is immutable",
      [shows([]), uploads(JSON_FILE, 422, said("Cannot upload assets to an immutable release."))],
      refused("Cannot upload assets to an immutable release."),
    ],
    [
      "of an immutable release, of which one is wrong",
      [
        shows([OTHER_BYTES, RIGHT[1] ?? {}]),
        {
          method: "DELETE",
          path: `${R}/releases/assets/4`,
          status: 422,
          answer: said("Cannot delete asset from an immutable release"),
        },
      ],
      refused("Cannot delete asset from an immutable release"),
    ],
    ["that GitHub may have taken", [shows([]), uploads(JSON_FILE, 502)], { came: "unsure" }],
    ...(
      [
        "https://evil.example/repos/org/api/releases/900/assets{?name,label}",
        "https://uploads.github.com.evil.example/x{?name,label}",
      ] as const
    ).map((url): [string, readonly Call[], object] => [
      `are not sent to another's host: ${url}`,
      [shows([], url)],
      refused(`GitHub wants files sent to ${url}, which is no host of ${API} when asked to ${ASKED}.`),
    ]),
  ])("%s", async (_what, calls, came) => {
    expect(await did(calls)).toMatchObject(came);
  });

  test("that GitHub does not answer in time may be there", async () => {
    signedIn();
    nock(API)
      .get(SHOWN)
      .reply(200, { upload_url: `${UPLOADS}${SHOWN}/assets{?name,label}`, assets: [] });
    nock(UPLOADS).post(`${SHOWN}/assets?name=evidence.json`).delay(1_000).reply(201, {});
    expect(await connected({ timeout: 100 }).github.perform(LEASE, ASSETS)).toMatchObject({ came: "unsure" });
    nock.abortPendingRequests();
  });
});

describe("The files of a release that was just made", () => {
  const effect: Assets = { ...ASSETS, sendTo: `${UPLOADS}${SHOWN}/assets{?name,label}` };
  test.each<[string, readonly Call[], object]>([
    ["are sent unasked, and read back", [uploads(JSON_FILE), uploads(MD_FILE), shows(RIGHT)], done],
    [
      "of which an earlier run sent one, and another in part",
      [
        uploads(JSON_FILE, 422, TAKEN),
        uploads(MD_FILE, 422, TAKEN),
        shows([STARTER, RIGHT[1] ?? {}]),
        deletes(3),
        uploads(JSON_FILE),
        shows(RIGHT),
      ],
      done,
    ],
    [
      "that come back as other bytes are sent twice more",
      [
        uploads(JSON_FILE),
        uploads(MD_FILE),
        ...[1, 2].flatMap(() => [shows([OTHER_BYTES, RIGHT[1] ?? {}]), deletes(4), uploads(JSON_FILE)]),
        shows(RIGHT),
      ],
      done,
    ],
    [
      "and is gone",
      [
        uploads(JSON_FILE, 404, said("Not Found")),
        { method: "GET", path: SHOWN, status: 404, answer: said("Not Found") },
      ],
      refused(`GitHub does not show the release v1.4.0 any more when asked to ${ASKED}.`),
    ],
    ["that GitHub may have taken", [uploads(JSON_FILE), uploads(MD_FILE, 502)], { came: "unsure" }],
  ])("%s", async (_what, calls, came) => {
    expect(await did(calls, effect)).toMatchObject(came);
  });

  test("are not sent to another's host", async () => {
    expect(await did([], { ...effect, sendTo: "https://evil.example/assets{?name,label}" })).toMatchObject(
      refused("GitHub wants files sent to https://evil.example/assets{?name,label}, which is no host of"),
    );
  });
});

describe("A file that a release is not to have", () => {
  const SVR = { name: "svr.json", text: "{}" };
  const effect: Assets = { ...ASSETS, files: [{ name: SVR.name, text: null }, MD_FILE] };
  const svr = asset(7, SVR);
  const md = asset(2, MD_FILE);
  test.each<[string, readonly Call[], object]>([
    ["and has not is nothing to do", [shows([md, OTHERS])], done],
    [
      "goes before anything else is sent",
      [shows([svr, OTHERS]), deletes(7), uploads(MD_FILE), shows([md, OTHERS])],
      done,
    ],
    [
      "goes also where it is there in part only",
      [shows([{ ...svr, state: "starter" }, md]), deletes(7), shows([md])],
      done,
    ],
    ["and that somebody else took away just now is not missed", [shows([svr, md]), deletes(7, 404), shows([md])], done],
    [
      "and that GitHub keeps is told",
      [shows([svr, md]), deletes(7), shows([svr, md]), deletes(7), shows([svr, md])],
      refused("svr.json is there though GitHub took it away when asked to attach evidence.md to the release v1.4.0"),
    ],
  ])("%s", async (_what, calls, came) => {
    expect(await did(calls, effect)).toMatchObject(came);
  });

  test.each<[string, readonly object[], unknown]>([
    ["is still there, so that it is not as it is to be", [svr, md], null],
    ["is gone, so that all is done", [md], expect.objectContaining(done)],
  ])("and that an earlier run was to take away %s", async (_what, assets, came) => {
    const { end } = expecting([shows(assets)]);
    expect(await connected().github.find(LEASE, effect, later(NOW, -60_000))).toEqual(came);
    end();
  });
});

describe("Files whose digest GitHub does not tell", () => {
  const effect: Assets = { ...ASSETS, files: [MD_FILE] };
  const silent = asset(2, MD_FILE, { digest: null });
  const STORED = "https://release-assets.githubusercontent.com";
  const raw = { accept: "application/octet-stream" };
  const asks = (status: number, answer = "", answered: Record<string, string> = {}): Call => ({
    method: "GET",
    path: `${R}/releases/assets/2`,
    headers: raw,
    status,
    answer,
    answered,
  });

  test.each<[string, readonly Call[], object]>([
    ["are compared", [shows([silent]), asks(200, MD_FILE.text)], done],
    [
      "are compared and sent anew",
      [
        shows([silent]),
        asks(200, "# Evidencf\n"),
        deletes(2),
        uploads(MD_FILE),
        shows([silent]),
        asks(200, MD_FILE.text),
      ],
      done,
    ],
    ["are not sent while they cannot be seen", [shows([silent]), asks(502)], { came: "unsure" }],
    [
      "and size is not theirs are not even got",
      [shows([{ ...silent, size: 3 }]), deletes(2), uploads(MD_FILE), shows([silent]), asks(200, MD_FILE.text)],
      done,
    ],
    [
      "are not got from where nobody holds them secret",
      [shows([silent]), asks(302, "", { location: "http://storage.example/2" })],
      { came: "unsure", because: expect.stringContaining("GitHub answered 302") },
    ],
  ])("%s", async (_what, calls, came) => {
    expect(await did(calls, effect)).toMatchObject(came);
  });

  test("still wrong after all: it says by how many bytes", async () => {
    const wrong = { ...silent, size: 3 };
    const again = [deletes(2), uploads(MD_FILE), shows([wrong])];
    expect(await did([shows([wrong]), ...again, ...again], effect)).toMatchObject(
      refused("evidence.md is there with 3 other bytes instead of sha256:"),
    );
  });

  test("are got from another host without our token", async () => {
    const stored = nock(STORED, { reqheaders: raw, badheaders: ["authorization"] })
      .get("/2?signed=1")
      .reply(200, MD_FILE.text);
    const calls = [shows([silent]), asks(302, "", { location: `${STORED}/2?signed=1` })];
    expect(await did(calls, effect)).toMatchObject(done);
    stored.done();
  });
});

describe("Files that an earlier run sent", () => {
  test.each<[string, readonly Call[], object | null]>([
    ["are all there", [shows(RIGHT)], done],
    ["are there in part", [shows([STARTER, RIGHT[1] ?? {}])], null],
    ["are not there", [shows([])], null],
    ["of a release that is gone", [{ method: "GET", path: SHOWN, status: 404, answer: said("Not Found") }], null],
    ["while GitHub is silent", [{ method: "GET", path: SHOWN, status: 502 }], { came: "unsure" }],
    [
      "while GitHub does not give them back",
      [
        shows([RIGHT[0] ?? {}, asset(2, MD_FILE, { digest: null })]),
        { method: "GET", path: `${R}/releases/assets/2`, status: 502 },
      ],
      { came: "unsure", because: expect.stringContaining("the files of the release v1.4.0 of org/api") },
    ],
  ])("%s", async (_what, calls, came) => {
    const { end } = expecting(calls);
    const receipt = await connected().github.find(LEASE, ASSETS, later(NOW, -60_000));
    end();
    if (came === null) expect(receipt).toBeNull();
    else expect(receipt).toMatchObject(came);
  });
});

describe("Where files are sent", () => {
  const template = "{?name,label}";
  test.each<[string, string, string, boolean]>([
    ["beside the API", API, "https://uploads.github.com/repos/o/r/releases/1/assets", true],
    [
      "beside the API of GitHub with data residency",
      "https://api.acme.ghe.com",
      "https://uploads.acme.ghe.com/x",
      true,
    ],
    ["on the API's own host", "https://ghe.acme.example/api/v3", "https://ghe.acme.example/api/uploads/x", true],
    ["beside it", "https://ghe.acme.example/api/v3", "https://uploads.ghe.acme.example/x", true],
    ["on another port", "https://ghe.acme.example/api/v3", "https://ghe.acme.example:8443/x", false],
    ["not by https", API, "http://uploads.github.com/x", false],
    ["another company's", "https://api.acme.ghe.com", "https://uploads.evil.ghe.com/x", false],
    ["a name that ends like it", API, "https://evil-uploads.github.com/x", false],
    ["with a password", API, "https://a:b@uploads.github.com/x", false],
    ["with a name", API, "https://a@uploads.github.com/x", false],
    ["with a query", API, "https://uploads.github.com/x?y=1", false],
    ["nowhere", API, "uploads.github.com/x", false],
    ["on this machine", "http://127.0.0.1:4000/api/v3", "http://127.0.0.1:4000/api/uploads/x", true],
    ["on this machine, by its name", "http://localhost:4000/api/v3", "http://localhost:4000/api/uploads/x", true],
    ["elsewhere on this machine", "http://127.0.0.1:4000/api/v3", "http://127.0.0.1:4001/api/uploads/x", false],
    ["on this machine though the API is not", API, "http://127.0.0.1:4000/x", false],
  ])("%s: %s, %s", (_what, api, address, allowed) => {
    expect(uploadAddress(api, `${address}${template}`, "a b.md")).toBe(allowed ? `${address}?name=a%20b.md` : null);
  });

  test("not by a template that asks for something else", () => {
    expect(uploadAddress(API, "https://uploads.github.com/x{?name}", "a.md")).toBeNull();
  });
});

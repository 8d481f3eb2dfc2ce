// biome-ignore-all lint/suspicious/noTemplateCurlyInString: shells, compose files and workflows write their variables so
import { globSync, readFileSync, statSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { type Policy, policyOf } from "../../src/flow/config.ts";
import type { ChangedFile, TreeEntry } from "../../src/flow/facts.ts";
import { artifacts } from "../../src/gates/artifacts.ts";
import { at, policy, unknown } from "../builders.ts";
import { type Asking, asked, cure, said } from "./asking.ts";

const HEAD = at("login");
const PARTED = at("parted");
const head = HEAD.slice(0, 7);

type File = string | { readonly kind: TreeEntry["kind"]; readonly text?: string };
type Files = { readonly [path: string]: File };
type Repository = Omit<Asking, "answers" | "policy"> & {
  /** What the pull request adds or changes; all Dockerfiles and compose files when left out. */
  readonly touched?: readonly string[];
  /** What it takes away, or what it renames a file from. */
  readonly changed?: readonly ChangedFile[];
  /** The files where it parted from its base. */
  readonly before?: Files;
  readonly settings?: Partial<Policy["artifacts"]>;
  /** Whether GitHub gives the whole list of changed files. */
  readonly whole?: boolean;
  readonly answers?: Asking["answers"];
};
const textOf = (file: File) => (typeof file === "string" ? file : (file.text ?? ""));
const blobOf = (file: File) => at(`text ${textOf(file)}`);
const changes = (path: string, before: string | null = null): ChangedFile => ({ path, before, blob: at(path) });
const removes = (path: string): ChangedFile => ({ path, before: null, blob: null });
const entries = (files: Files): readonly TreeEntry[] =>
  Object.entries(files).map(([path, file]) => ({
    path,
    kind: typeof file === "string" ? "file" : file.kind,
    blob: blobOf(file),
    size: textOf(file).length,
  }));
/** How a pull request of each lane is compared with its base. */
const COMPARED = [at("development"), at("staging"), at("master"), "master", "staging"].map(
  (base) => `compare ${base} ${HEAD}`,
);
const texts = (files: Files) =>
  Object.entries(files).map(([path, file]) => [`blob ${path} ${blobOf(file)}`, textOf(file)] as const);

/** What the gate says of a release whose head has these files. */
function release(files: Files, of: Repository = {}) {
  const { touched, changed = [], before = {}, settings, whole = true, answers, ...asking } = of;
  const paths = touched ?? Object.keys(files).filter((path) => /dockerfile|containerfile|compose/i.test(path));
  const listed = { files: [...paths.map((path) => changes(path)), ...changed], whole };
  const comparison = { ahead: 1, behind: 0, mergeBase: PARTED, commits: [], whole: true, changes: listed };
  return asked(artifacts, {
    ...asking,
    policy: { artifacts: { ...policy().artifacts, ...settings } },
    answers: {
      ...Object.fromEntries(COMPARED.map((key) => [key, comparison])),
      [`entries ${HEAD}`]: entries(files),
      [`entries ${PARTED}`]: entries(before),
      ...Object.fromEntries([...texts(before), ...texts(files)]),
      ...answers,
    },
  });
}
const FROM = "FROM node:24\n";
const run = (text: string): File => ({ kind: "executable", text });
const NOBODY = "has no build command in the repository";

describe("artifacts are asked", () => {
  it.each([
    [{ lane: "feature" }, "not asked"],
    [{ lane: "feature", settings: { onFeature: true } }, "passed"],
    [{ lane: "back-merge" }, "not asked"],
    [{ lane: "back-merge", own: true }, "passed"],
    [{ lane: "promotion" }, "passed"],
    [{ lane: "release" }, "passed"],
    [{ lane: "hotfix" }, "passed"],
  ] as const)("%j: %s", (of, outcome) => {
    expect(said(release({}, of as Repository))[0]).toBe(outcome);
  });

  it("and what is not configured is said and passes", () => {
    expect(said(release({ "src/a.ts": "" }, { touched: ["src/a.ts"] }))).toEqual([
      "passed",
      "No Dockerfile or compose file is touched. Not configured: `artifacts.activation`, `artifacts.services` and `artifacts.forbidden`.",
    ]);
  });

  it("and that a compose file is touched is said", () => {
    expect(said(release({ "compose.yml": "services: {}" }))[1]).toMatch(/^1 compose file touched\. Not configured/);
  });

  it("and what is configured is said as well", () => {
    const files = {
      "run.sh": run("#!/bin/sh"),
      "docs/dns.md": "# DNS\n1. Log in.",
      Dockerfile: "FROM a\nARG V\nRUN echo $V\n",
      Makefile: "image:\n\tdocker build --build-arg V=1 .\n",
    };
    const settings = { activation: "run.sh", services: { dns: "docs/dns.md" }, forbidden: ["**/*.pem"] };
    expect(said(release(files, { settings }))).toEqual([
      "passed",
      `\`Makefile\` builds \`Dockerfile\`; 1 parameter from outside can be looked up; \`run.sh\` (${blobOf("#!/bin/sh").slice(0, 7)}) activates ${head}; 1 service with a procedure; nothing forbidden is added.`,
    ]);
  });

  it("without an answer nothing is decided", () => {
    const none = unknown("GitHub answered 502.");
    const files = { Dockerfile: FROM, "build.sh": "docker build ." };
    for (const answers of [
      { [`compare ${at("master")} ${HEAD}`]: none },
      { [`entries ${HEAD}`]: none },
      { [`blob Dockerfile ${blobOf(FROM)}`]: none },
      { [`blob build.sh ${blobOf("docker build .")}`]: none },
    ])
      expect(said(release(files, { answers }))[0]).toBe("errored");
    for (const answer of [`entries ${PARTED}`, `blob old.sh ${blobOf("")}`]) {
      const gone = { changed: [removes("old.sh")], before: { "old.sh": "" }, answers: { [answer]: none } };
      expect(said(release({}, gone))[0]).toBe("errored");
    }
    const settings = { services: { dns: "dns.md" } };
    const unreadable = { settings, answers: { [`blob dns.md ${blobOf("a")}`]: none } };
    expect(said(release({ "dns.md": "a" }, unreadable))[0]).toBe("errored");
  });
});

describe("the files of the examples", () => {
  it.each(["glucose-api", "glucose-web", "glucose-worker"])("%s", (name) => {
    const folder = `examples/glucolabs/${name}`;
    const files = Object.fromEntries(
      globSync(`${folder}/**/*`, { exclude: ["**/node_modules"] })
        .filter((path) => statSync(path).isFile())
        .map((path): readonly [string, File] => [
          path.slice(folder.length + 1),
          path.endsWith(".sh") ? run(readFileSync(path, "utf8")) : readFileSync(path, "utf8"),
        ]),
    );
    const settings = { activation: "scripts/activate.sh", services: { guide: "docs/runbooks/release.md" } };
    expect(said(release(files, { settings }))).toEqual([
      "passed",
      expect.stringContaining("`scripts/build.sh` builds `Dockerfile`; `scripts/activate.sh`"),
    ]);
    const { "scripts/build.sh": build, ...left } = files;
    const gone = {
      changed: [removes("scripts/build.sh")],
      touched: [],
      before: { "scripts/build.sh": (build as { text: string }).text },
    };
    expect(said(release(left, gone))).toEqual(["failed", `\`Dockerfile\` ${NOBODY}.`]);
  });
});

describe("a Dockerfile, by whatever name", () => {
  it.each([
    "Dockerfile",
    "dockerfile",
    "Containerfile",
    "deep/down/Dockerfile",
    "Dockerfile.web",
    "Dockerfile.py",
    "docker/Dockerfile-web",
    "web.Dockerfile",
    "web.dockerfile",
    "Web-Dockerfile",
    "my web/Containerfile.prod",
  ])("%s", (path) => {
    expect(said(release({ [path]: FROM }, { touched: [path] }))).toEqual(["failed", `\`${path}\` ${NOBODY}.`]);
  });

  it.each([
    "Dockerfile.dockerignore",
    "Dockerfile.md",
    "src/dockerfile.ts",
    "test/dockerfile.test.ts",
    "dockerfile-ast.json",
    "Dockerfiles/readme",
    "undockerfile",
  ])("%s is none", (path) => {
    expect(said(release({ [path]: FROM }, { touched: [path] }))[0]).toBe("passed");
  });

  it("and one that is removed, or a module of that name, asks for nothing", () => {
    expect(said(release({}, { changed: [removes("Dockerfile")] }))[0]).toBe("passed");
    expect(said(release({ dockerfile: { kind: "submodule" } }))[0]).toBe("passed");
  });

  it("is asked for under another name where the config names it", () => {
    const settings = { build: { "images/web": "build.sh" } };
    expect(
      said(release({ "images/web": "FROM a\nARG X\nRUN $X\n", "build.sh": "" }, { touched: ["images/web"], settings })),
    ).toEqual(["failed", "`images/web` takes `X` from outside, and nothing in the repository sets it."]);
  });
});

describe("a build command", () => {
  const web = "web/Dockerfile";
  const script = (path: string, text: string): Files => ({ [web]: FROM, [path]: text });

  it.each<[string, Files]>([
    ["-f", script("build.sh", "docker build -f web/Dockerfile .")],
    ["-f, attached", script("build.sh", "docker build -fweb/Dockerfile .")],
    ["-f, among others", script("build.sh", "docker build -qf web/Dockerfile .")],
    ["--file=", script("build.sh", 'docker build --file="web/Dockerfile" .')],
    ["the folder", script("build.sh", "docker build -t web:1 ./web/")],
    ["buildx", script("build.sh", "docker --context far buildx --builder b build --push --platform linux/arm64 web")],
    ["podman", script("build.sh", "podman build web")],
    ["buildah", script("build.sh", "buildah bud web")],
    ["nerdctl, by its path", script("build.sh", "/usr/local/bin/nerdctl image build web")],
    ["from standard input", script("build.sh", "docker build - < web/Dockerfile")],
    ["-f -", script("build.sh", "docker build -f - . <web/Dockerfile")],
    ["the script's own folder", script("web/build.sh", "docker build .")],
    ["a folder it goes to", script("scripts/build.sh", 'cd "$(dirname "$0")/../web" && docker build .')],
    ["a subshell and back", script("build.sh", "(cd api; docker build .)\ndocker build web")],
    ["pushd and popd", script("build.sh", "pushd api; popd; cd; docker build web")],
    ["the root that a variable holds", script("ci/build.sh", 'cd "$ROOT"; docker build web')],
    ["a variable before the path", script("ci/build.sh", 'docker build -f "$ROOT/web/Dockerfile" "$ROOT"')],
    ["a variable that is set", script("build.sh", "F=web/Dockerfile\ndocker build -f ${F} .")],
    ["a variable with a default", script("build.sh", 'docker build -f "${F:-web/Dockerfile}" .')],
    ["an exported one", script("build.sh", "export A F=web/Dockerfile; docker build -f $F .")],
    ["a loop", script("build.sh", "for d in api web; do docker build $d; done")],
    ["a loop that goes there", script("build.sh", "for d in api web; do (cd $d && docker build .); done")],
    ["a hole beside a name", script("build.sh", 'docker build -f "web/$1" . ; docker build -f "w$A$B/Docker$1" .')],
    [
      "lines that go on",
      script("build.sh", 'docker build \\\n  -t \'a b\' \\\r\n  --label a="b \\\n c \\" d" \\\n  web'),
    ],
    [
      "after other words",
      script("build.sh", "if ! X=1 sudo -E timeout 60s docker build web 2>&1 >/dev/null; then exit 1; fi"),
    ],
    ["within a substitution", script("build.sh", 'id="$(docker build -q web)"')],
    ["a substitution with a quoted bracket", script("build.sh", "id=$(echo 'a)'; docker build web)")],
    ["a substitution with an escaped bracket", script("build.sh", "id=$(echo \\); docker build web)")],
    ["before a dollar at the end", script("build.sh", "docker build web; echo $ $")],
    ["before an end within quotes", script("build.sh", 'docker build web; echo "a\\')],
    ["before an end that goes on", script("build.sh", "docker build web; echo a\\")],
    ["an empty word before it", script("build.sh", 'docker build -t "" web')],
    ["a compose file without a context", script("web/compose.yml", "services: { web: { build: { args: [] } } }")],
    [
      "an action's file by a variable",
      script(
        ".github/workflows/a.yml",
        "env: { F: web/Dockerfile }\njobs: { a: { steps: [{ uses: docker/build-push-action@v6, with: { file: '${{ env.F }}' } }] } }",
      ),
    ],
    ["within backticks", script("build.sh", "id=`docker build -q web`")],
    [
      "after a text",
      script("build.sh", "cat <<EOF >x <<<y\nhello\nEOF\ncat <<-'A B'\n\ttext\n\tA B\ndocker build web"),
    ],
    ["an escaped space", { "my web/Dockerfile": FROM, "build.sh": "docker build my\\ web" }],
    ["a script without an ending", { [web]: FROM, "bin/build": run("#!/usr/bin/env bash\ndocker build web") }],
    ["a Makefile", script("Makefile", "D ?= docker\nDIR := \\\n  web\nimage: ; true\n\t@$(D) build \\\n\t  $(DIR)\n")],
    [
      "a Makefile, with the shell's own",
      script("web/x.mk", "a:\n\tfor d in web; do docker build -t $(shell x) -m $@ $$d; done\n"),
    ],
    ["a compose file's folder", script("compose.yaml", "services: { web: { build: web } }")],
    [
      "a compose file's context",
      script("docker/docker-compose.yml", "services: { web: { build: { context: '../${D:-web}' } } }"),
    ],
    [
      "a compose file's Dockerfile",
      script("compose.prod.yml", "services: { web: { build: { context: ., dockerfile: web/Dockerfile } } }"),
    ],
    [
      "an action's file",
      script(
        ".github/workflows/a.yml",
        "jobs: { a: { steps: [{ uses: docker/build-push-action@v6, with: { file: ./web/Dockerfile } }] } }",
      ),
    ],
    [
      "an action's context",
      script(
        ".github/workflows/a.yml",
        "jobs: { a: { steps: [{ uses: docker/build-push-action@v6, with: { context: '{{defaultContext}}:web' } }] } }",
      ),
    ],
    [
      "an action over a matrix",
      script(
        ".github/workflows/a.yml",
        "jobs: { a: { strategy: { matrix: { my-dir: [api, web, [x]], include: [{ v: 1 }] } }, steps: [{ uses: docker/build-push-action@v6, with: { context: '${{ matrix.my-dir }}' } }] } }",
      ),
    ],
    [
      "an action with a hole",
      script(
        ".github/workflows/a.yml",
        "jobs: { a: { steps: [{ uses: docker/build-push-action@v6, with: { context: 'web', file: 'web/${{ inputs.x }}file' } }] } }",
      ),
    ],
    [
      "a line of a workflow",
      script(
        ".github/workflows/a.yml",
        "env: { D: web }\njobs: { a: { steps: [{ run: 'docker build ${{ env.D }}' }] } }",
      ),
    ],
    [
      "a line over a matrix",
      script(
        ".github/workflows/a.yml",
        "jobs: { a: { strategy: { matrix: { include: [{ d: web }] } }, steps: [{ run: 'docker build ${{ matrix.d }} -t ${{ github.sha }}' }] } }",
      ),
    ],
    [
      "a line in a folder",
      script(
        ".github/workflows/a.yml",
        "defaults: { run: { working-directory: web } }\njobs: { a: { steps: [{ run: docker build . }] } }",
      ),
    ],
    [
      "a line in a step's folder",
      script(
        ".github/workflows/a.yml",
        "jobs: { a: { defaults: { run: { working-directory: api } }, steps: [{ run: docker build ., working-directory: web, env: { A: 1, B: [] } }] } }",
      ),
    ],
  ])("is found: %s", (_what, files) => {
    expect(said(release(files))).toEqual(["passed", expect.stringMatching(/ builds /)]);
  });

  it("is found: the root", () => {
    for (const text of ["docker build .", "docker build $PWD/.", "docker build -f Dockerfile ."])
      expect(said(release({ Dockerfile: FROM, "build.sh": text }))[0]).toBe("passed");
    const push = "jobs: { a: { steps: [{ uses: docker/build-push-action@v6 }] } }";
    expect(said(release({ Dockerfile: FROM, ".github/workflows/a.yaml": push }))[0]).toBe("passed");
  });

  it.each<[string, Files]>([
    ["another's", script("build.sh", "docker build api")],
    ["the root's", script("build.sh", "docker build .")],
    ["another file of the folder", script("build.sh", "docker build -f web/Dockerfile.prod web")],
    ["what is only said", script("build.sh", "echo docker build web\nprintf 'docker build web'\n")],
    ["a comment", script("build.sh", "# docker build web\ntrue # && docker build web")],
    ["a text", script("build.sh", "cat <<EOF\ndocker build web\nEOF\n")],
    ["a text without an end", script("build.sh", "cat <<EOF\ndocker build web\n")],
    ["a quotation without an end", script("build.sh", "echo 'docker build web\n")],
    [
      "what is no build",
      script("build.sh", "docker run web; docker buildx bake web; docker; docker -D; buildah from web"),
    ],
    [
      "what is only known when it runs",
      script("build.sh", 'docker build "$1"; docker build -f "$1" .; docker build -f "$A/$B" .'),
    ],
    [
      "two folders that nobody names",
      script("build.sh", 'docker build -f "./$A/$B" .; docker build -f "$A/$B/Dockerfile" .'),
    ],
    [
      "a hole that does not fit",
      script(
        "build.sh",
        'docker build -f "web/x$1" .; docker build -f "web/D${A}q${B}e" .; docker build -f "web/Dock$1kerfile" .',
      ),
    ],
    [
      "outside of the repository",
      script("build.sh", "docker build ../web; docker build /web; docker build https://example.org/web.git"),
    ],
    ["nothing at all", script("build.sh", "docker build; docker build -; docker build -t; for x; declare y")],
    ["too deep", script("build.sh", "$($($($($($(docker build web))))))")],
    ["a program without an ending", { [web]: FROM, "bin/build": run("docker build web") }],
    ["a file without an ending that cannot run", { [web]: FROM, "bin/build": "#!/bin/sh\ndocker build web" }],
    ["a link", { [web]: FROM, "build.sh": { kind: "link", text: "docker build web" } }],
    ["a page", { [web]: FROM, "README.md": "docker build web" }],
    [
      "a compose file with its own text",
      script(
        "compose.yaml",
        "services: { web: { build: { context: web, dockerfile_inline: FROM a } }, x: { image: y, build: null } }",
      ),
    ],
    ["a compose file's absolute folder", script("compose.yaml", "services: { web: { build: /web } }\nx: 1")],
    ["a workflow elsewhere", script("workflows/a.yml", "jobs: { a: { steps: [{ run: docker build web }] } }")],
    [
      "another action",
      script(
        ".github/workflows/a.yml",
        "jobs: { a: { steps: [{ uses: docker/login-action@v3, with: { context: web } }] }, b: 1 }",
      ),
    ],
    [
      "an action over nobody knows what",
      script(
        ".github/workflows/a.yml",
        "jobs: { a: { steps: [{ uses: docker/build-push-action@v6, with: { context: '${{ matrix.x }}' } }, { run: 'docker build ${{ matrix.x || 1 }}' }] } }",
      ),
    ],
    [
      "a line in an unknown place",
      script(".github/workflows/a.yml", "jobs: { a: { steps: [{ run: docker build web, working-directory: /tmp }] } }"),
    ],
  ])("is not: %s", (_what, files) => {
    expect(said(release(files, { touched: [web] }))).toEqual(["failed", `\`${web}\` ${NOBODY}.`]);
  });
});

describe("a build command that the config names", () => {
  const settings = { build: { "web/Dockerfile": "bin/make-web.py" } };

  it("must be there while the Dockerfile is, whatever is touched", () => {
    const files = { "web/Dockerfile": FROM, "bin/make-web.py": run("import docker") };
    expect(said(release(files, { settings }))).toEqual([
      "passed",
      expect.stringContaining("`bin/make-web.py` builds `web/Dockerfile`."),
    ]);
    const gone = release({ "web/Dockerfile": FROM, "bin/make-web.py": { kind: "link" } }, { settings, touched: [] });
    expect(said(gone)).toEqual([
      "failed",
      "`bin/make-web.py`, which `artifacts.build` names for `web/Dockerfile`, is not in the repository.",
    ]);
    expect(said(release({ "web/Dockerfile": FROM }, { settings }))[0]).toBe("failed");
    expect(cure(gone)).toBe("Commit `bin/make-web.py`, or correct `artifacts.build` in the config.");
    expect(said(release({ a: "" }, { settings }))[0]).toBe("passed");
  });

  it("may be written with a dot before it", () => {
    expect(policyOf({ artifacts: { build: { "./web/Dockerfile": "x.sh" } } }).artifacts.build).toEqual({
      "web/Dockerfile": "x.sh",
    });
  });
});

describe("a build command that is taken away", () => {
  const before = { "build.sh": "docker build web" };

  it("leaves its Dockerfile without one", () => {
    const files = { "web/Dockerfile": FROM, "api/Dockerfile": FROM };
    const of = { touched: [], before };
    const because = ["failed", `\`web/Dockerfile\` ${NOBODY}.`];
    expect(said(release(files, { ...of, changed: [removes("build.sh")] }))).toEqual(because);
    expect(
      said(release({ ...files, "build.txt": "" }, { ...of, changed: [changes("build.txt", "build.sh")] })),
    ).toEqual(because);
    expect(
      said(
        release({ ...files, web: "", "b.sh": "docker build web" }, { ...of, changed: [changes("b.sh", "build.sh")] }),
      )[0],
    ).toBe("passed");
    const script = { "bin/build": run("#!/bin/sh\ndocker build web") };
    expect(said(release(files, { touched: [], before: script, changed: [removes("bin/build")] }))).toEqual(because);
  });

  it("does not matter where it built nothing that is there", () => {
    const of = {
      touched: [],
      before: {
        LICENSE: "docker build web",
        "a.sh": "",
        "compose.yml": "a: [",
        "b.sh": "docker build web",
        "c.sh": "docker build mod",
      },
    };
    const changed = [
      removes("LICENSE"),
      removes("a.sh"),
      removes("compose.yml"),
      removes("b.sh"),
      removes("c.sh"),
      removes("d.sh"),
    ];
    expect(said(release({ "mod/Dockerfile": { kind: "submodule" } }, { ...of, changed }))[0]).toBe("passed");
  });

  it("among many asks for every Dockerfile's", () => {
    const changed = Array.from({ length: 21 }, (_, n) => removes(`${n}.sh`));
    expect(said(release({ "web/Dockerfile": FROM }, { touched: [], changed }))).toEqual([
      "failed",
      `\`web/Dockerfile\` ${NOBODY}.`,
    ]);
  });
});

describe("the activation script", () => {
  it.each<[string, Files, string]>([
    ["is there", { "scripts/a b.sh": run("") }, "passed"],
    ["is not there", {}, "is not in the repository."],
    ["is not executable", { "scripts/a b.sh": "" }, "is not executable."],
    ["is a link", { "scripts/a b.sh": { kind: "link" } }, "is a link."],
    ["is called otherwise", { "scripts/A b.sh": run("") }, "is not in the repository."],
  ])("%s", (_what, files, because) => {
    const found = release(files, { settings: { activation: "scripts/a b.sh" } });
    if (because === "passed") expect(said(found)[0]).toBe("passed");
    else
      expect(said(found)).toEqual(["failed", `\`scripts/a b.sh\`, which \`artifacts.activation\` names, ${because}`]);
    if (because.includes("executable"))
      expect(found).toMatchObject({ copy: "git update-index --chmod=+x 'scripts/a b.sh'" });
  });
});

describe("the procedure of a service", () => {
  it.each<[string, string, Files, string]>([
    ["is there", "docs/dns.md", { "docs/dns.md": "# DNS" }, "passed"],
    ["is not there", "docs/dns.md", {}, "cannot be read: it is not in the repository"],
    ["is empty", "docs/dns.md", { "docs/dns.md": " \n\t\n" }, "is empty"],
    ["is a comment", "docs/dns.md", { "docs/dns.md": "<!-- soon -->\n<!-- or" }, "is empty"],
    ["is no page", "docs/dns.txt", { "docs/dns.txt": "# DNS" }, "does not end in `.md`"],
    ["is a link", "docs/dns.md", { "docs/dns.md": { kind: "link", text: "x" } }, "cannot be read: it is a link"],
    [
      "is too long",
      "docs/dns.md",
      { "docs/dns.md": "x".repeat(50_001) },
      "cannot be read: it is over 50000 bytes long",
    ],
  ])("%s", (_what, path, files, because) => {
    const found = release(files, { settings: { services: { dns: path } } });
    if (because === "passed") expect(said(found)[0]).toBe("passed");
    else expect(said(found)).toEqual(["failed", `\`${path}\`, the procedure of \`dns\`, ${because}.`]);
  });
});

describe("a forbidden file", () => {
  const settings = { forbidden: ["**/*.pem", "secrets/**"], allowed: ["test/**/*.pem"] };
  it.each([
    ["key.pem", "**/*.pem"],
    ["deep/down/key.pem", "**/*.pem"],
    [".hidden/key.pem", "**/*.pem"],
    ["KEY.PEM", "**/*.pem"],
    ["a\nb/key.pem", "**/*.pem"],
    ["secrets/deep/x", "secrets/**"],
    ["Test/key.pem", "**/*.pem"],
    ["test/key.pem", null],
    ["key.pem.md", null],
    ["secrets", null],
  ])("%j: %s", (path, pattern) => {
    const found = release({ [path]: "" }, { touched: [path], settings });
    const shown = path.replace("\n", "\uFFFD");
    if (pattern === null) expect(said(found)[0]).toBe("passed");
    else
      expect(said(found)).toEqual([
        "failed",
        `\`${shown}\` matches \`${pattern}\`, which \`artifacts.forbidden\` lists.`,
      ]);
  });

  it("counts where it is added or changed, not where it goes or lies", () => {
    expect(said(release({ "old.pem": "" }, { touched: [], changed: [removes("key.pem")], settings }))[0]).toBe(
      "passed",
    );
    const renamed = { touched: [], changed: [changes("key.pem", "key.txt")], settings };
    expect(said(release({ "key.pem": "" }, renamed))[0]).toBe("failed");
  });
});

describe("a parameter of a Dockerfile", () => {
  const takes = (text: string, more: Files = {}, secrets: readonly string[] = []) => {
    const found = said(
      release(
        { Dockerfile: text, "build.sh": "docker build .", ...more },
        { touched: ["Dockerfile"], settings: { secrets } },
      ),
    );
    return found[0] === "passed" ? "passed" : found[1].replace(/^`Dockerfile` takes (.*) from outside.*$/, "$1");
  };

  it.each([
    ["an argument that is used", "FROM a\nARG V\nRUN make $V", "`V`"],
    ["an argument that is used without a dollar", "FROM a\nARG V\nRUN --mount=type=secret,id=x,env=V make", "`V`"],
    ["an argument that is not used", "FROM a\nARG V\nRUN make VV", "passed"],
    ["an argument with a default", "FROM a\nARG V=1 W='a b'\nRUN make $V$W", "passed"],
    ["an empty default", "FROM a\nARG V=\nRUN make $V", "passed"],
    ["a default made of another", "FROM a\nARG V\nARG W=$V-1\nRUN make $W", "`V`"],
    ["a use with a default", "FROM a\nARG V\nRUN make ${V:-1} ${V-1} ${V:+x}", "passed"],
    ["several in one line", "FROM a\nARG V W=1 X=\"a b\" Y '9'\nRUN make $V $X $Y", "`V` and `Y`"],
    ["in the image's name", "ARG V\nFROM node:${V} AS a\nFROM a", "`V`"],
    ["in the image's name, unused", "ARG V\nFROM node:24", "passed"],
    ["of the image's name, in a stage", "ARG V=1\nFROM a:$V\nARG V\nRUN make $V", "passed"],
    ["of the image's name, in a stage that does not ask", "ARG V\nFROM a\nRUN echo V", "passed"],
    ["in another stage", "FROM a AS one\nARG V\nFROM b\nRUN make $V", "passed"],
    ["in a stage on top", "FROM --platform=$BUILDPLATFORM a AS One\nARG V\nFROM one\nRUN make $V", "`V`"],
    ["set in the stage below", "FROM a AS one\nENV V=1\nFROM one\nARG V\nRUN make $V", "passed"],
    ["passed on to the environment", "FROM a\nARG V\nENV V=$V", "`V`"],
    ["passed on from nowhere", "FROM a\nENV V=$V W=${W} U=$X", "`V` and `W`"],
    ["passed on in the old way", "FROM a\nENV V $V\nENV W some text", "`V`"],
    ["half written", "FROM a\nENV A=1 V\nARG V\nRUN $V", "passed"],
    ["added to", "FROM a\nENV V=/x:$V PATH=/x:$PATH", "passed"],
    ["set before", "FROM a\nENV V=1\nENV V=$V\nRUN : ${V:?}", "passed"],
    ["demanded", "FROM a\nCMD echo ${V:?missing} ${W?}", "`V` and `W`"],
    ["demanded in a line that sets it", "FROM a\nRUN V=1; echo ${V:?}", "passed"],
    ["over several lines, with comments", "FROM a\nARG \\\n  # which\n  V\nRUN make \\\n# then\n  # V\n  $V", "`V`"],
    ["in a comment only", "FROM a\nARG V\n# $V\nRUN make \\\n  # $V\n  all", "passed"],
    ["in a heredoc", "FROM a\nARG V\nRUN <<EOF\nmake $V\nEOF\n", "`V`"],
    ["that a heredoc only speaks of", "FROM a\nCOPY <<EOF /x\nARG V\nEOF\nRUN make $V", "passed"],
    ["with another escape", "# escape=`\nFROM a\r\nARG `\r\n V\r\nRUN make `\r\n $V", "`V`"],
    ["that the builder sets", "FROM a\nARG TARGETARCH\nARG http_proxy\nRUN make $TARGETARCH $http_proxy", "passed"],
    ["nothing at all in a line", "FROM a\nARG\nENV\nRUN\nFROM\n", "passed"],
  ])("%s", (_what, text, because) => {
    expect(takes(text)).toBe(because);
  });

  it.each<[string, Files]>([
    ["the build command", { "build.sh": "docker build --build-arg V=1 ." }],
    [
      "the build command, by what it works out",
      { "build.sh": "v=$(git describe)\ndocker build --build-arg=V=x$v --build-arg W=$1 ." },
    ],
    ["the build command, by what it was set to", { "build.sh": "V=1 docker build --build-arg V ." }],
    ["another script's", { "other.sh": 'docker build --build-arg "V=${X:-1}" -t x y' }],
    ["a Makefile", { Makefile: "V ?= 1\na:\n\tdocker build --build-arg V=$(V) x\n" }],
    ["a compose file's arguments", { "compose.yml": "services: { a: { build: { context: ., args: { V: 1 } } } }" }],
    ["a compose file's environment", { "compose.yml": "services: { a: { environment: ['V=a=b'] } }" }],
    [
      "a compose file, by another that is set",
      { "compose.yml": "services: { a: { environment: { V: 'x${W}', W: true } } }" },
    ],
    [
      "a workflow",
      {
        ".github/workflows/a.yml":
          'jobs: { a: { steps: [{ uses: docker/build-push-action@v6, with: { build-args: "A\\nV=${{ secrets.V }}" } }] } }',
      },
    ],
    [
      "a workflow's line",
      { ".github/workflows/a.yml": "jobs: { a: { steps: [{ env: { V: 1 }, run: docker build --build-arg V . }] } }" },
    ],
    [".env", { ".env": "A=1\nexport V=1\n" }],
    ["a file of variables", { "deploy/web.env": "V=" }],
    ["a template", { ".env.example": "# V=\n" }],
    ["another template", { "web/.env.template": "V=\n" }],
  ])("is set by %s", (_what, files) => {
    expect(takes("FROM a\nARG V\nRUN make $V", files)).toBe("passed");
  });

  it.each<[string, Files]>([
    ["the build command that passes it on", { "build.sh": "docker build --build-arg V ." }],
    [
      "the build command that takes it itself",
      { "build.sh": 'V="$V"\ndocker build --build-arg V=$V --build-arg W=1 .' },
    ],
    ["a compose file that takes it itself", { "compose.yml": "services: { a: { environment: { V: '${V}' } } }" }],
    ["two that take it of each other", { "compose.yml": "services: { a: { environment: { V: '$W', W: '$V' } } }" }],
    ["a comment in .env", { ".env": "# V=1\n" }],
    ["a page", { ".env.md": "V=1" }],
    ["code", { "src/env.ts": "V=1" }],
  ])("is not set by %s", (_what, files) => {
    expect(takes("FROM a\nARG V\nRUN make $V", files)).toBe("`V`");
  });

  it("may be secret", () => {
    expect(takes("FROM a\nARG V\nRUN make $V", {}, ["V"])).toBe("passed");
    const found = release({ Dockerfile: "FROM a\nARG V W\nRUN $V $W", "build.sh": "docker build ." });
    expect(cure(found)).toBe(
      "Set `V` and `W` in a compose file, the build command or a workflow, or name them in `.env.example`, or in `artifacts.secrets` if that is a secret.",
    );
  });

  it("is one of many", () => {
    const names = Array.from({ length: 8 }, (_, n) => `V${n}`);
    expect(takes(`FROM a\nARG ${names.join(" ")}\nRUN ${names.join(" ")}`)).toBe(
      "`V0`, `V1`, `V2`, `V3`, `V4` and 3 more",
    );
  });
});

describe("a parameter of a compose file", () => {
  const takes = (text: string, more: Files = {}, secrets: readonly string[] = []) => {
    const found = said(
      release({ "app/compose.yml": text, ...more }, { touched: ["app/compose.yml"], settings: { secrets } }),
    );
    return found[0] === "passed"
      ? "passed"
      : found[1].replace(/^`app\/compose.yml` (takes|reads) (.*?)( from outside|, and).*$/, "$1 $2");
  };

  it.each([
    ["none", "services: { a: { image: 'x$$V$$${' } }", "passed"],
    ["a variable", "services: { a: { image: 'x:${V}' } }", "takes `V`"],
    ["a variable without braces", "services: { a: { image: 'x:$V-1' } }", "takes `V`"],
    ["a demanded one", "services: { a: { image: 'x:${V:?missing}${W?}' } }", "takes `V` and `W`"],
    ["one with a default", "services: { a: { image: 'x:${V:-1}${W-}${X:+1}' } }", "passed"],
    ["a default made of another", "services: { a: { image: '${V:-${W:-${X}}}' } }", "takes `X`"],
    ["in a comment", "services: {} # ${V}", "passed"],
    ["without an end", "services: { a: { image: '${V' } }", "takes `V`"],
    ["passed on", "services: { a: { environment: [V, 'W=1', 7, [], 'a b'] } }", "takes `V`"],
    ["passed on in a mapping", "services: { a: { environment: { V: , W: 1 } } }", "takes `V`"],
    ["passed on to a build", "services: { a: { build: { context: ., args: [V] } } }", "takes `V`"],
    ["in what is merged in", "x: &x { environment: [V] }\nservices: { a: { <<: *x }, b: { <<: *x } }", "takes `V`"],
    ["that the shell sets", "services: { a: { volumes: ['$PWD:/x', '${HOME}:/y'] } }", "passed"],
    ["a file", "services: { a: { env_file: web.env } }", "reads `app/web.env`"],
    ["a list of files", "services: { a: { env_file: [{ path: web.env }, ../b.env] } }", "reads `app/web.env`"],
    [
      "a file that need not be",
      "services: { a: { env_file: [{ path: web.env, required: false }, { x: 1 }] } }",
      "passed",
    ],
    ["a file outside", "services: { a: { env_file: /etc/web.env } }", "passed"],
    ["no mapping", "- 1", "passed"],
  ])("%s", (_what, text, because) => {
    expect(takes(text)).toBe(because);
  });

  it.each<[string, Files]>([
    ["the file", { "app/web.env": "" }],
    ["a template of it", { "app/web.env.example": "" }],
    ["a template with the ending", { "app/web.sample.env": "" }],
  ])("a file of variables is given by %s", (_what, files) => {
    expect(takes("services: { a: { env_file: web.env } }", files)).toBe("passed");
  });

  it("a file of variables may be secret, of a stage, or the template of all", () => {
    expect(takes("services: { a: { env_file: web.env } }", {}, ["app/web.env"])).toBe("passed");
    const staged = "services: { a: { env_file: '.env.${STAGE}', image: '${V}' } }";
    expect(takes(staged, { "app/.env.live": "V=1" }, ["STAGE"])).toBe("passed");
    expect(takes(staged, { "app/env.live": "" }, ["STAGE", "V"])).toBe("reads `app/.env.\uFFFC`");
    expect(takes(staged, { "app/.env.example": "V=\nSTAGE=" })).toBe("passed");
    expect(takes("services: { a: { env_file: '../.env' } }", { ".env.sample": "" })).toBe("passed");
    expect(cure(release({ "compose.yml": "services: { a: { env_file: web.env } }" }))).toBe(
      "Commit `web.env.example` with the names of its variables, or list `web.env` in `artifacts.secrets`.",
    );
  });

  it("is set by a file of variables of any name that it reads", () => {
    const text = "services: { a: { env_file: vars.txt, environment: [V] } }";
    expect(takes(text, { "app/vars.txt": "V=1" })).toBe("passed");
  });
});

describe("what cannot be read", () => {
  it.each<[string, string, File, string]>([
    ["a long Dockerfile", "Dockerfile", `${FROM}${"#\n".repeat(25_000)}`, "it is over 50000 bytes long"],
    ["a Dockerfile without an image", "Dockerfile", "RUN make", "no line of it begins with FROM"],
    ["an empty Dockerfile", "Dockerfile", "", "no line of it begins with FROM"],
    ["a Dockerfile of too many stages", "Dockerfile", FROM.repeat(101), "it has more than 100 stages"],
    ["a Dockerfile that is a link", "Dockerfile", { kind: "link" }, "it is a link"],
    [
      "a broken compose file",
      "compose.yml",
      "a: [",
      "Flow sequence in block collection must be sufficiently indented and end with a ]",
    ],
    [
      "a compose file that grows",
      "compose.yml",
      `a: &a [x]\n${Array.from(
        { length: 9 },
        (_, n) =>
          `b${n}: &b${n} [${Array(9)
            .fill(n === 0 ? "*a" : `*b${n - 1}`)
            .join(", ")}]`,
      ).join("\n")}`,
      "Excessive alias count indicates a resource exhaustion attack",
    ],
    [
      "a compose file of two",
      "compose.yml",
      "a: 1\n---\nb: 1\n",
      "Source contains multiple documents; please use YAML.parseAllDocuments()",
    ],
  ])("%s", (_what, path, file, because) => {
    const found = release({ [path]: file, "build.sh": "docker build ." });
    expect(said(found)).toEqual(["failed", `\`${path}\` cannot be read: ${because}.`]);
    expect(cure(found)).toBe(`Correct \`${path}\`, or take it out.`);
  });

  it("a Dockerfile that the head lists under another name", () => {
    const found = release({ "build.sh": "docker build ." }, { touched: ["Dockerfile"] });
    expect(said(found)).toEqual(["failed", "`Dockerfile` cannot be read: it is not in the repository."]);
  });

  it("a file that may be the one is named", () => {
    const files = {
      Dockerfile: FROM,
      "compose.yml": "a: [",
      ".github/workflows/a.yml": "b: [",
      ".github/z.sh": "x".repeat(50_001),
    };
    expect(said(release(files, { touched: ["Dockerfile"] }))[1]).toBe(
      `\`Dockerfile\` ${NOBODY} (\`compose.yml\` cannot be read: Flow sequence in block collection must be sufficiently indented and end with a ], \`.github/workflows/a.yml\` cannot be read: Flow sequence in block collection must be sufficiently indented and end with a ] and \`.github/z.sh\` cannot be read: it is over 50000 bytes long).`,
    );
  });

  it("the rest of many files, of which the likeliest are read", () => {
    const many = Object.fromEntries(Array.from({ length: 90 }, (_, n) => [`a/${n}.sh`, "true"]));
    const found = release({ ...many, "web/Dockerfile": FROM });
    expect(said(found)).toEqual([
      "failed",
      `\`web/Dockerfile\` ${NOBODY} (of 90 files that may, the likeliest 59 were read).`,
    ]);
    expect(cure(found)).toContain("name its command in `artifacts.build`");
    for (const path of ["z/build-image.sh", "Makefile", "web/z.sh", "z/compose.yml"]) {
      const text = path.endsWith("yml") ? "services: { a: { build: ../web } }" : "a:\n\tdocker build web";
      expect(said(release({ ...many, "web/Dockerfile": FROM, [path]: text }, { touched: ["web/Dockerfile"] }))[0]).toBe(
        "passed",
      );
    }
  });

  it("more Dockerfiles than may be read", () => {
    const many = Object.fromEntries(Array.from({ length: 61 }, (_, n) => [`${n}/Dockerfile`, FROM]));
    expect(said(release(many))).toEqual([
      "failed",
      "It touches 61 Dockerfiles and compose files, and no more than 60 are read, and 60 more.",
    ]);
  });

  it("more in all than may be read", () => {
    const many = Object.fromEntries(Array.from({ length: 8 }, (_, n) => [`a/${n}.sh`, "#".repeat(49_000)]));
    expect(said(release({ ...many, "web/Dockerfile": FROM }))).toEqual([
      "failed",
      `\`web/Dockerfile\` ${NOBODY} (of 8 files that may, the likeliest 6 were read).`,
    ]);
  });

  it("changes that GitHub cut off: the files of the head are held against those before", () => {
    const settings = { forbidden: ["*.pem"] };
    const of = { touched: ["a"], settings, whole: false };
    const files = { a: "1", "old.pem": "", Dockerfile: FROM };
    expect(said(release(files, { ...of, before: { "old.pem": "", Dockerfile: FROM, gone: "" } }))[0]).toBe("passed");
    expect(said(release({ "old.pem": "other" }, { ...of, before: { "old.pem": "" } }))[0]).toBe("failed");
    expect(said(release({ "new.pem": "" }, of))[0]).toBe("failed");
    expect(said(release({ Dockerfile: FROM }, { ...of, before: { Dockerfile: "FROM b\n" } }))[1]).toBe(
      `\`Dockerfile\` ${NOBODY}.`,
    );
    const built = { Dockerfile: FROM, "build.sh": "docker build ." };
    expect(said(release({ Dockerfile: FROM }, { ...of, before: built }))[1]).toBe(`\`Dockerfile\` ${NOBODY}.`);
  });
});

describe("what is said", () => {
  it("names the first thing, how many more, and the cure of the first", () => {
    const files = Object.fromEntries(["a", "b", "c", "d", "e", "f", "g"].map((name) => [`${name}/Dockerfile`, FROM]));
    const found = release(files, { settings: { activation: "run.sh" } });
    expect(said(found)[1]).toBe(`\`a/Dockerfile\` ${NOBODY}, and 7 more.`);
    expect(cure(found)).toBe(
      `Commit a script or a Makefile that runs \`docker build\` for \`a/Dockerfile\`, or a compose file or workflow that builds it, or name its command in \`artifacts.build\`. Also: ${["b", "c", "d", "e", "f"].map((name) => `\`${name}/Dockerfile\` ${NOBODY}.`).join(" ")} And 2 more.`,
    );
  });

  it("shows paths as paths, whatever they are called", () => {
    const path = `a\u202E\`**${"x".repeat(300)}\nDockerfile`;
    const touched = release({ [`${path}/Dockerfile`]: FROM });
    expect(said(touched)[1]).toBe(`\`a\uFFFD\uFFFD**${"x".repeat(194)}…\` ${NOBODY}.`);
  });
});

describe("a text that was made to take long", () => {
  const LONG = 25_000;
  const filled = (text: string) => text.repeat(Math.floor(LONG / text.length));
  it.each([
    "$(",
    "${",
    "$((",
    "`",
    '"',
    "'",
    "\\",
    "<<A ",
    "a=$a ",
    "((",
    "))",
    "#",
    "#a=b ",
    "a\\\n",
    ";",
    "for a in b c d e f g h; do ",
    "docker build --build-arg ",
    "cd a;",
    "${a:-",
    "$$",
    "{a,",
    "&>",
    "docker build $a$b$c$d ",
  ])("%j", (text) => {
    const long = filled(text);
    const files: Files = {
      Dockerfile: `FROM a\nARG V\nRUN ${long}`,
      "Dockerfile.b": `FROM a\n${filled(`ARG ${text.replaceAll("\n", "")}\n`)}`,
      "Dockerfile.c": long,
      "build.sh": `a=1\n${long}`,
      "b.sh": `for a in 1 2 3 4 5 6 7 8; do b=$a; c=$a; d=$a\n${long}`,
      Makefile: `a:\n\t${long}`,
      "compose.yml": JSON.stringify({ services: { a: { image: long, environment: { V: long } } } }),
      "docker-compose.yml": `a: ${long}`,
      ".github/workflows/a.yml": JSON.stringify({
        jobs: { a: { steps: [{ run: `\${{ ${long}` }, { run: filled("${{ ") }] } },
      }),
      ".env": filled("A=\n"),
    };
    // One that runs away ends at the test's time-out.
    expect(said(release(files))[0]).toBe("failed");
  });
});

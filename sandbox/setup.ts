import { noteActivity } from "./activities.ts";
import type { Actor } from "./actor.ts";
import { signatureOf } from "./branches.ts";
import { writeFiles } from "./git/trees.ts";
import type { Github } from "./github.ts";
import type { Account, Repository, Role, Sha, Team } from "./model.ts";
import { branchAt, noteRefs, readRefs } from "./refs.ts";
import { announceNewRepository, registerRepository } from "./repositories.ts";
import { slugOf } from "./teams.ts";

function createAccount(github: Github, fields: Pick<Account, "login" | "type"> & Partial<Account>): Account {
  if (github.account(fields.login)) throw new Error(`${fields.login} is taken`);
  const id = github.state.nextId();
  return github.state.accounts.put({
    id,
    name: fields.login,
    email: "",
    appId: null,
    createdAt: github.time(),
    ...fields,
  });
}

function known(github: Github, login: string): Account {
  const account = github.account(login);
  if (!account) throw new Error(`nobody is called ${login}`);
  return account;
}

/** Makes a person. Throws when the login is taken. */
export function createUser(
  github: Github,
  login: string,
  fields: { readonly name?: string; readonly email?: string } = {},
): Account {
  return createAccount(github, {
    login,
    type: "User",
    name: fields.name ?? login,
    email: fields.email ?? `${login}@example.com`,
  });
}

/** Makes an organisation with its owners (admins) and members. */
export function createOrganisation(
  github: Github,
  login: string,
  people: { readonly owners: readonly string[]; readonly members?: readonly string[] },
): Account {
  const organisation = createAccount(github, { login, type: "Organization" });
  const add = (person: string, role: "admin" | "member") =>
    github.state.memberships.put({
      id: github.state.nextId(),
      organisationId: organisation.id,
      userId: known(github, person).id,
      role,
    });
  for (const owner of people.owners) add(owner, "admin");
  for (const member of people.members ?? []) add(member, "member");
  return organisation;
}

/** Makes a team of an organisation. `parent` is the slug of a team it belongs to. */
export function createTeam(
  github: Github,
  organisation: string,
  name: string,
  members: readonly string[],
  parent: string | null = null,
): Team {
  const above = github.find.teamsOf(known(github, organisation).id).find((one) => one.slug === parent);
  if (parent !== null && !above) throw new Error(`${organisation} has no team ${parent}`);
  return github.state.teams.put({
    id: github.state.nextId(),
    organisationId: known(github, organisation).id,
    name,
    slug: slugOf(name),
    parentId: above?.id ?? null,
    members: members.map((login) => ({ userId: known(github, login).id, role: "member" })),
  });
}

type Roles = Readonly<Record<string, Role>>;

function rolesOf(github: Github, owner: Account, roles: Roles = {}): Pick<Repository, "collaborators" | "teams"> {
  const entries = Object.entries(roles);
  const teams = github.find.teamsOf(owner.id);
  return {
    collaborators: entries
      .filter(([name]) => !name.startsWith("@"))
      .map(([login, role]) => ({ userId: known(github, login).id, role })),
    teams: entries
      .filter(([name]) => name.startsWith("@"))
      .map(([name, role]) => {
        const team = teams.find((one) => one.slug === name.slice(1));
        if (!team) throw new Error(`${owner.login} has no team ${name}`);
        return { teamId: team.id, role };
      }),
  };
}

/** Who sets things up: the owner itself, or the first admin of an organisation. */
export function ownerActor(github: Github, owner: Account): Actor {
  const admin = github.find.membershipsOf(owner.id).find((one) => one.role === "admin");
  const account = (admin && github.state.accounts.get(admin.userId)) ?? owner;
  return { account, installation: null, permissions: null, repositoryIds: null };
}

export type InitialCommit = {
  readonly message: string;
  readonly author?: string;
  readonly files: Readonly<Record<string, string | null>>;
};
export type InitialBranch = {
  readonly name: string;
  readonly from?: string;
  readonly commits?: readonly InitialCommit[];
};

/**
 * Makes a repository. `branches` are made in the order given, each with one commit a list entry; a branch starts at
 * `from`, else empty. `roles` gives people (by login) and teams ("@slug") their role. No rules are asked.
 */
export async function createRepository(
  github: Github,
  input: {
    readonly owner: string;
    readonly name: string;
    readonly private?: boolean;
    readonly description?: string;
    readonly defaultBranch?: string;
    readonly roles?: Roles;
    readonly branches?: readonly InitialBranch[];
  },
): Promise<Repository> {
  const owner = known(github, input.owner);
  const by = ownerActor(github, owner);
  const repository = registerRepository(github, {
    ownerId: owner.id,
    name: input.name,
    private: input.private ?? false,
    description: input.description ?? null,
    defaultBranch: input.defaultBranch ?? input.branches?.[0]?.name ?? "main",
    ...rolesOf(github, owner, input.roles),
  });
  await github.git.create(repository.id);
  await github.git.run(repository.id, ["symbolic-ref", "HEAD", `refs/heads/${repository.defaultBranch}`]);
  github.state.refs.put({ id: repository.id, refs: {} });
  for (const branch of input.branches ?? []) await addBranch(github, by, repository, branch);
  announceNewRepository(github, by, repository);
  return repository;
}

async function addBranch(github: Github, by: Actor, repository: Repository, branch: InitialBranch): Promise<void> {
  let tip = branch.from === undefined ? null : (branchAt(github, repository.id, branch.from) ?? null);
  if (branch.from !== undefined && tip === null) throw new Error(`there is no branch ${branch.from} to start at`);
  for (const commit of branch.commits ?? []) {
    const author = commit.author === undefined ? by : github.as(commit.author);
    tip = await addCommit(github, author, repository, tip, commit.message, commit.files);
  }
  if (tip === null) throw new Error(`branch ${branch.name} needs a start or a commit`);
  // Whoever wrote a branch's last commit is taken to have pushed it.
  const last = branch.commits?.at(-1)?.author;
  await setBranch(github, last === undefined ? by : github.as(last), repository, branch.name, tip);
}

async function addCommit(
  github: Github,
  by: Actor,
  repository: Repository,
  parent: Sha | null,
  message: string,
  files: Readonly<Record<string, string | null>>,
): Promise<Sha> {
  const before = parent === null ? undefined : await github.git.commit(repository.id, parent);
  const tree = await writeFiles(github.git, repository.id, before?.tree ?? null, files);
  const author = signatureOf(github, by);
  const parents = parent === null ? [] : [parent];
  return github.git.writeCommit(repository.id, { tree, parents, author, committer: author, message });
}

async function setBranch(github: Github, by: Actor, repository: Repository, branch: string, sha: Sha): Promise<void> {
  const ref = `refs/heads/${branch}`;
  const { code, stderr } = await github.git.run(repository.id, ["update-ref", ref, sha]);
  if (code !== 0) throw new Error(`git refused branch ${branch}: ${stderr}`);
  const change = { ref, before: branchAt(github, repository.id, branch) ?? null, after: sha };
  noteRefs(github, repository.id, [change]);
  await noteActivity(github, by, repository, change, null);
}

/**
 * Takes over a local git repository with its branches and tags. When `file` is missing at its default branch it is
 * added there by a commit; then missing `stages` are made at the default branch. Throws when git cannot read `path`.
 */
export async function importRepository(
  github: Github,
  path: string,
  input: {
    readonly owner: string;
    readonly name: string;
    readonly stages?: readonly string[];
    readonly file?: { readonly path: string; readonly content: string };
    readonly roles?: Roles;
  },
): Promise<Repository> {
  const owner = known(github, input.owner);
  const by = ownerActor(github, owner);
  const roles = rolesOf(github, owner, input.roles);
  const repository = registerRepository(github, { ownerId: owner.id, name: input.name, ...roles });
  const copied = await github.git.copy(repository.id, path);
  const refs = copied.code === 0 ? await readRefs(github, repository.id) : {};
  const branches = Object.keys(refs).filter((ref) => ref.startsWith("refs/heads/"));
  if (branches.length === 0) {
    github.state.repositories.remove(repository.id);
    await github.git.remove(repository.id);
    throw new Error(`${path} is not a git repository with at least one branch. ${copied.stderr.trim()}`);
  }
  const head = (await github.git.run(repository.id, ["symbolic-ref", "HEAD"])).stdout.toString().trim();
  const first = branches.includes(head) ? head : (branches[0] ?? head);
  const defaultBranch = first.slice("refs/heads/".length);
  await github.git.run(repository.id, ["symbolic-ref", "HEAD", first]);
  const imported = github.state.repositories.change(repository.id, { defaultBranch });
  github.state.refs.put({ id: repository.id, refs });
  for (const [ref, after] of Object.entries(refs))
    await noteActivity(github, by, imported, { ref, before: null, after }, null);
  const { file } = input;
  if (file && !(await hasFile(github, imported, file.path))) {
    const tip = branchAt(github, imported.id, defaultBranch) ?? null;
    const message = `Add ${file.path}`;
    const sha = await addCommit(github, by, imported, tip, message, { [file.path]: file.content });
    await setBranch(github, by, imported, defaultBranch, sha);
  }
  const tip = branchAt(github, imported.id, defaultBranch) ?? "";
  for (const stage of input.stages ?? []) {
    if (!branchAt(github, imported.id, stage)) await setBranch(github, by, imported, stage, tip);
  }
  announceNewRepository(github, by, imported);
  return imported;
}

async function hasFile(github: Github, repository: Repository, path: string): Promise<boolean> {
  const tip = `refs/heads/${repository.defaultBranch}`;
  return (await github.git.run(repository.id, ["cat-file", "-e", `${tip}:${path}`])).code === 0;
}

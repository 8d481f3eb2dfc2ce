import type { Github } from "./github.ts";
import type {
	Account,
	App,
	Installation,
	Permissions,
	Repository,
	Role,
	Sha,
	Team,
} from "./model.ts";

/** Makes a person. */
export function createUser(
	github: Github,
	login: string,
	fields?: { name?: string; email?: string },
): Account {
	throw new Error("not written yet");
}

/** Makes an organisation with its owners (admins) and members. */
export function createOrganisation(
	github: Github,
	login: string,
	people: { owners: readonly string[]; members?: readonly string[] },
): Account {
	throw new Error("not written yet");
}

/** Makes a team of an organisation. */
export function createTeam(
	github: Github,
	organisation: string,
	name: string,
	members: readonly string[],
): Team {
	throw new Error("not written yet");
}

/** Makes a repository. `branches` are made in the order given, each with one commit a list entry; a branch starts at `from`, else empty.
 * `roles` gives people (by login) and teams ("@team") their role. */
export async function createRepository(
	github: Github,
	input: {
		owner: string;
		name: string;
		private?: boolean;
		description?: string;
		defaultBranch?: string;
		roles?: Readonly<Record<string, Role>>;
		branches?: readonly {
			readonly name: string;
			readonly from?: string;
			readonly commits?: readonly {
				readonly message: string;
				readonly author?: string;
				readonly files: Readonly<Record<string, string | null>>;
			}[];
		}[];
	},
): Promise<Repository> {
	throw new Error("not written yet");
}

/** Takes over a local git repository. Missing `stages` are made at its default branch; when `file` is missing there, it is added by a commit before that. */
export async function importRepository(
	github: Github,
	path: string,
	input: {
		owner: string;
		name: string;
		stages?: readonly string[];
		file?: { readonly path: string; readonly content: string };
		roles?: Readonly<Record<string, Role>>;
	},
): Promise<Repository> {
	throw new Error("not written yet");
}

/** Registers an App. The answer carries its id, slug, private key (PEM) and webhook secret. */
export function createApp(
	github: Github,
	input: {
		owner: string;
		name: string;
		permissions: Permissions;
		events: readonly string[];
		webhookUrl?: string | null;
		webhookSecret?: string;
	},
): App {
	throw new Error("not written yet");
}

/** Changes where an App is reached or what it asks for; installations keep what they accepted. */
export function changeApp(
	github: Github,
	appId: number,
	change: {
		webhookUrl?: string | null;
		permissions?: Permissions;
		events?: readonly string[];
	},
): App {
	throw new Error("not written yet");
}

/** Installs an App on an account, for all its repositories or some. */
export function install(
	github: Github,
	app: App,
	account: string,
	repositories: "all" | readonly string[],
): Installation {
	throw new Error("not written yet");
}

/** Suspends or unsuspends an installation. */
export function suspend(
	github: Github,
	installationId: number,
	suspended: boolean,
): Installation {
	throw new Error("not written yet");
}

/** Removes an installation. */
export function uninstall(github: Github, installationId: number): void {
	throw new Error("not written yet");
}

/** The owner accepts what the App asks for now. */
export function acceptPermissions(
	github: Github,
	installationId: number,
): Installation {
	throw new Error("not written yet");
}

/** Changes which repositories an installation covers. */
export function selectRepositories(
	github: Github,
	installationId: number,
	repositories: "all" | readonly string[],
): Installation {
	throw new Error("not written yet");
}

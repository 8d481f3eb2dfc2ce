import { actOnApp, appsPage } from "./apps.ts";
import { answerApp, authorisePage } from "./authorise.ts";
import { branchPage, commitFile, commitPage, filePage } from "./branch.ts";
import { actOnRun, checkPage, runOf } from "./check.ts";
import { comparePage, openFromForm } from "./compare.ts";
import { deliveriesPage, deliveryPage, redeliver } from "./deliveries.ts";
import { addFault, clearFaults, faultsPage } from "./faults.ts";
import { actOnIssue, openFromForm as openIssue } from "./issue-acts.ts";
import { issuePage, issuesPage, visitIssue } from "./issues.ts";
import { peoplePage } from "./people.ts";
import { filesPage, pullPage, visitPull } from "./pull.ts";
import { actOnComment, dismiss, pullActs } from "./pull-acts.ts";
import { actOnRelease, makeRelease } from "./release-acts.ts";
import { releaseAt, releasePage, releasesPage } from "./releases.ts";
import { actOnRepository, pullsPage, repositoryPage } from "./repository.ts";
import { actOnRuleset, makeRuleset, rulesetPage, rulesPage } from "./rules.ts";
import { afreshPage, ownerPage, startPage } from "./start.ts";
import { actOnTags, tagsPage } from "./tags.ts";
import { type Answer, go, type RepositoryVisit, type Visit } from "./visit.ts";
import { actOnWorkflowRuns } from "./workflow-runs.ts";

const authorise = "login/oauth/authorize";
const dayAndAnHour = 25 * 60 * 60 * 1000;

type Reply = Answer | null | Promise<Answer | null>;

/** The page for an address, given as its decoded parts; null when there is none. */
export function show(visit: Visit, parts: readonly string[]): Reply {
  const [first, second, third] = parts;
  if (first === undefined) return startPage(visit);
  if (first === "-") return showOwn(visit, second, third);
  if (parts.join("/") === authorise) return authorisePage(visit);
  if (second === undefined) {
    const owner = visit.github.account(first);
    return owner ? ownerPage(visit, owner) : null;
  }
  const inside = enter(visit, first, second);
  return inside && showRepository(inside, parts.slice(2));
}

/** What a POST to an address does; null when there is nothing of the kind. */
export function perform(visit: Visit, parts: readonly string[]): Reply {
  const [first, second, third, fourth] = parts;
  if (first === "-") return performOwn(visit, second, third, fourth);
  if (parts.join("/") === authorise) return answerApp(visit);
  const inside = first && second ? enter(visit, first, second) : null;
  return inside && performRepository(inside, parts.slice(2));
}

function enter(visit: Visit, owner: string, name: string): RepositoryVisit | null {
  const repository = visit.github.repository(`${owner}/${name}`);
  return repository ? { ...visit, repository, fullName: visit.github.nameOf(repository) } : null;
}

function showOwn(visit: Visit, name: string | undefined, id: string | undefined): Reply {
  if (name === "people") return peoplePage(visit);
  if (name === "apps") return appsPage(visit);
  if (name === "faults") return faultsPage(visit);
  if (name === "afresh" && visit.options.startAfresh) return afreshPage(visit);
  if (name !== "deliveries") return null;
  if (id === undefined) return deliveriesPage(visit);
  const delivery = visit.github.state.deliveries.get(Number(id));
  return delivery ? deliveryPage(visit, delivery) : null;
}

async function performOwn(visit: Visit, name?: string, id?: string, act?: string): Promise<Answer | null> {
  const back = localAddress(visit.form.get("back"));
  if (name === "skip" && visit.options.skip) {
    await visit.options.skip(dayAndAnHour);
    return go(back, null, "It is 25 hours later.");
  }
  if (name === "afresh" && visit.options.startAfresh) {
    await visit.options.startAfresh();
    return go("/", null, "Everything is as on the first day.");
  }
  if (name === "faults") return id === "clear" ? clearFaults(visit) : addFault(visit);
  if (name === "apps" && id && act) return actOnApp(visit, Number(id), act);
  const delivery = name === "deliveries" ? visit.github.state.deliveries.get(Number(id)) : undefined;
  return delivery ? redeliver(visit, delivery) : null;
}

function showRepository(visit: RepositoryVisit, parts: readonly string[]): Reply {
  const [place, id, part] = parts;
  const rest = parts.slice(1).join("/");
  if (place === undefined) return repositoryPage(visit);
  if (place === "tree") return branchPage(visit, rest);
  if (place === "blob") return filePage(visit, rest);
  if (place === "commit" && id) return commitPage(visit, id);
  if (place === "compare") return comparePage(visit, rest || null);
  if (place === "pulls") return pullsPage(visit);
  if (place === "issues" && id === undefined) return issuesPage(visit);
  if (place === "issues") {
    const issue = visitIssue(visit, Number(id));
    return issue ? issuePage(issue) : pullOf(visit, Number(id));
  }
  if (place === "tags") return tagsPage(visit);
  if (place === "releases" && id === undefined) return releasesPage(visit);
  if (place === "releases" && id === "tag") {
    const release = releaseAt(visit, parts.slice(2).join("/"));
    return release && releasePage(visit, release);
  }
  if (place === "rules" && id === undefined) return rulesPage(visit);
  if (place === "rules") {
    const ruleset = visit.github.state.rulesets.get(Number(id));
    return ruleset?.repositoryId === visit.repository.id ? rulesetPage(visit, ruleset) : null;
  }
  if (place === "runs") {
    const run = runOf(visit, Number(id));
    return run && checkPage(visit, run);
  }
  if (place !== "pull") return null;
  const pull = visitPull(visit, Number(id));
  if (!pull) return visitIssue(visit, Number(id)) && leads(visit, "issues", Number(id));
  return part === "files" ? filesPage(pull) : pullPage(pull);
}

/** Issues and pull requests share their numbers, and a link to the one leads to the other, as on GitHub. */
const leads = ({ fullName }: RepositoryVisit, place: "issues" | "pull", number: number): Answer => ({
  kind: "go",
  to: `/${fullName}/${place}/${number}`,
  said: null,
});

const pullOf = (visit: RepositoryVisit, number: number): Answer | null =>
  visitPull(visit, number) && leads(visit, "pull", number);

function performRepository(visit: RepositoryVisit, parts: readonly string[]): Reply {
  const [place, id, part, which, act] = parts;
  if (place === "commit") return commitFile(visit);
  if (place === "pulls") return openFromForm(visit);
  if (place === "issues" && id === undefined) return openIssue(visit);
  if (place === "issues") {
    const issue = visitIssue(visit, Number(id));
    if (!issue) return null;
    return part === "comments"
      ? actOnComment(issue, Number(id), Number(which), act ?? "")
      : actOnIssue(issue, part ?? "");
  }
  if (place === "tags") return actOnTags(visit, id);
  if (place === "releases" && id === undefined) return makeRelease(visit);
  if (place === "releases") {
    const release = visit.github.state.releases.get(Number(id));
    return release?.repositoryId === visit.repository.id ? actOnRelease(visit, release, part ?? "") : null;
  }
  if (place === "workflow-runs") return actOnWorkflowRuns(visit, id);
  if (place === "rules" && id === undefined) return makeRuleset(visit);
  if (place === "rules") {
    const ruleset = visit.github.state.rulesets.get(Number(id));
    return ruleset?.repositoryId === visit.repository.id ? actOnRuleset(visit, ruleset, part ?? "") : null;
  }
  if (place === "runs") {
    const run = runOf(visit, Number(id));
    return run && actOnRun(visit, run, part ?? "");
  }
  if (place !== "pull") return place ? actOnRepository(visit, place) : null;
  const pull = visitPull(visit, Number(id));
  if (!pull) return null;
  if (part === "comments") return actOnComment(pull, Number(id), Number(which), act ?? "");
  if (part === "reviews" && act === "dismiss") return dismiss(pull, Number(which));
  return pullActs[part ?? ""]?.(pull) ?? null;
}

/** The address when it stays on this site, else the start page. */
export function localAddress(address: string | null): string {
  return address !== null && /^\/(?![/\\])/.test(address) ? address : "/";
}

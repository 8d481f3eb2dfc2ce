import { z } from "zod";
import { type News, NO_NEWS } from "./flow/decision.ts";
import type { Self } from "./flow/facts.ts";
import type { Instant } from "./flow/names.ts";
import { check, status } from "./intake/checks.ts";
import { comment, commentEvent, review, reviewEvent } from "./intake/comments.ts";
import { installation, installationEvent, repositories, repositoriesEvent } from "./intake/installations.ts";
import { groupEvent, mergeGroup } from "./intake/merge-groups.ts";
import { anywhere, issue, issueEvent, people, peopleAnywhere } from "./intake/people.ts";
import { place } from "./intake/place.ts";
import { pullEvent, pullRequest } from "./intake/pulls.ts";
import { push, pushEvent } from "./intake/pushes.ts";
import { release, releaseEvent } from "./intake/releases.ts";
import { repository, repositoryEvent, ruleset, rulesetEvent } from "./intake/repositories.ts";

/** A webhook delivery as it came, its signature verified. */
export type Delivery = { readonly id: string; readonly event: string; readonly payload: unknown; readonly at: Instant };

/**
 * What a delivery teaches and whom it makes us look at again: one table, event by event.
 *
 * Events that are not listed bring no news. Throws where a payload lacks what its event must have: then the delivery
 * is kept unread.
 *
 * @param self who we are, so that our own acts bring no news; null while GitHub has not told us yet.
 */
export function intake(delivery: Delivery, self: Self | null): News {
  const news = heard(delivery, self);
  return news === NO_NEWS ? news : { ...news, cause: causeOf(delivery) };
}

/** As GitHub names it. */
function causeOf({ event, payload }: Delivery): string {
  const { action } = anyEvent.parse(payload);
  return action === undefined ? event : `${event} ${action}`;
}
const anyEvent = z.object({ action: z.string().optional().catch(undefined) });

function heard(delivery: Delivery, self: Self | null): News {
  const { event, payload, at } = delivery;
  switch (event) {
    case "pull_request":
      return pullRequest(pullEvent.parse(payload));
    case "push":
      return push(pushEvent.parse(payload), at, self);
    case "merge_group":
      return mergeGroup(groupEvent.parse(payload), at);
    case "check_run":
    case "check_suite":
      return check(payload, at, self);
    case "status":
      return status(payload);
    case "issue_comment":
      return comment(commentEvent.parse(payload), at, delivery.id, self);
    case "pull_request_review":
      return review(reviewEvent.parse(payload), at);
    case "issues":
      return issue(issueEvent.parse(payload));
    case "member":
      return people(place.parse(payload));
    case "membership":
    case "team":
    case "organization":
      return peopleAnywhere(anywhere.parse(payload));
    case "repository":
      return repository(repositoryEvent.parse(payload));
    case "release":
      return release(releaseEvent.parse(payload), at, self);
    case "repository_ruleset":
      return ruleset(rulesetEvent.parse(payload), self);
    case "installation":
      return installation(installationEvent.parse(payload));
    case "installation_repositories":
      return repositories(repositoriesEvent.parse(payload));
    default:
      return NO_NEWS;
  }
}

import { decideComponent } from "./decide/component/component.ts";
import { decideGroup } from "./decide/group.ts";
import { decidePull } from "./decide/pull/pull.ts";
import { decideStage } from "./decide/stage/stage.ts";
import type { Answer } from "./flow/decision.ts";
import type { Facts } from "./flow/facts.ts";
import type { House } from "./flow/house.ts";

/** What follows from what was seen: the decision, or what is still to be read. The same facts always give the same answer. */
export function decide(facts: Facts, house: House): Answer {
  switch (facts.subject.kind) {
    case "pull":
      return decidePull(facts as Extract<Facts, { readonly subject: { readonly kind: "pull" } }>, house);
    case "group":
      return decideGroup(facts as Extract<Facts, { readonly subject: { readonly kind: "group" } }>, house);
    case "stage":
      return decideStage(facts as Extract<Facts, { readonly subject: { readonly kind: "stage" } }>, house);
    case "component":
      return decideComponent(facts as Extract<Facts, { readonly subject: { readonly kind: "component" } }>, house);
  }
}

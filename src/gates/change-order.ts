import { RE2JS } from "re2js";
import { withoutList } from "../flow/carried-list.ts";
import type { Gate } from "./gate.ts";

export const changeOrder: Gate = {
  name: "change-order",
  asks: "Does the title or the body name a change order?",
  why: "QP-0009: every change has its numbered change order, with its impact and its approvals.",
  pass: "Write the number of the change order, such as ECO-0042, into the title or the body of the pull request.",
  judge({ lane, pull, policy, look }) {
    if (lane.lane === "feature" || lane.lane === "back-merge")
      return { notAsked: "Asked on promotions, releases and hotfixes." };
    const { required, pattern } = policy.changeOrder;
    if (!required) return { notAsked: "Off: `change_order.required` is not set." };
    const text = look.at({ want: "text", number: pull.number });
    if (text === null) return null;
    // What is carried has change orders of its own, and its titles stand in the body. RE2 takes time in proportion to the text,
    // whatever the pattern.
    const order = RE2JS.compile(pattern).matcher(`${text.title}\n${withoutList(text.body)}`);
    if (order.find()) return { outcome: "passed", because: `It names ${order.group()}.` };
    return {
      outcome: "failed",
      because: "It names no change order.",
      cure: `Write one into its title or body: it looks like \`${pattern}\`.`,
    };
  },
};

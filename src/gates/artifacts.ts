import { short } from "../flow/names.ts";
import { count, listed } from "../flow/words.ts";
import { ofActivation, ofForbidden, ofService, type Tree } from "./artifacts/given.ts";
import { ofImages, touchesImage } from "./artifacts/images.ts";
import { code, MOST_READ, type Problem, type Texted, textAt } from "./artifacts/reading.ts";
import type { Case, Found, Gate } from "./gate.ts";

/** Beside the first thing that is wrong so many are named. */
const NAMED = 5;

export const artifacts: Gate = {
  name: "artifacts",
  asks: "Is everything in the repository that a release is made of and run by?",
  why: "SOP-0013: containers are built from Dockerfiles by a command that is in the repository, with their parameters; one script activates a release; each external service has its procedure in a `.md`.",
  pass: "Commit what is named: the build command of a Dockerfile that you touched, the activation script, a procedure; or name a parameter in `.env.example`, or in `artifacts.secrets` where it is secret.",
  judge(of) {
    const { lane, pull, policy, look } = of;
    const { activation, services, build, onFeature } = policy.artifacts;
    if (lane.lane === "feature" && !onFeature)
      return { notAsked: "Asked on features only with `artifacts.on_feature: true`." };
    if (lane.lane === "back-merge" && !lane.own)
      return { notAsked: "Asked on back-merges only where they have commits of their own." };
    const head = pull.head.sha;
    const files = look.at({ want: "files", number: pull.number });
    const procedures = Object.entries(services).map(([name, path]) => ({ name, path, text: textAt(look, path, head) }));
    const declared = Object.keys(build);
    const asksTree =
      activation !== null ||
      procedures.length + declared.length > 0 ||
      (files !== null && (!files.whole || files.files.some((file) => touchesImage(file, declared))));
    const seen = asksTree ? look.at({ want: "entries", commit: head }) : NO_TREE;
    if (files === null || seen === null) return null;

    const tree: Tree = { entries: new Map(seen.entries.map((entry) => [entry.path, entry])), whole: seen.whole };
    const changed = files.files.flatMap(({ path, blob }) => (blob === null ? [] : [path]));
    // Where the list of changes is cut off, whatever the head has may be one.
    const touched = files.whole ? changed : [...new Set([...changed, ...tree.entries.keys()])];
    const images = asksTree
      ? ofImages(of, touched, files.files, tree, MOST_READ - procedures.length)
      : { problems: [], said: [] };
    if (images === null || look.missing() !== null) return null;
    const problems = [
      ...(files.whole || tree.whole ? [] : [CUT_OFF]),
      ...images.problems,
      activation === null ? null : ofActivation(activation, tree),
      ...procedures.map(({ name, path, text }) => ofService(name, path, tree, text as Texted)),
      ...touched.map((path) => ofForbidden(path, policy.artifacts)),
    ].filter((problem) => problem !== null);
    const [first, ...more] = problems;
    return first === undefined ? passed(of, images.said, tree) : failed(first, more);
  },
};

const NO_TREE = { entries: [], whole: true };
const CUT_OFF: Problem = {
  because: "GitHub lists neither all that it changes nor all files of its head",
  cure: "Promote it in smaller steps",
};

function failed(first: Problem, more: readonly Problem[]): Found {
  const others = more.slice(0, NAMED).map(({ because }) => `${because}.`);
  const rest = more.length > NAMED ? [`And ${more.length - NAMED} more.`] : [];
  return {
    outcome: "failed",
    because: `${first.because}${more.length === 0 ? "" : `, and ${more.length} more`}.`,
    cure: [`${first.cure}.`, ...(more.length === 0 ? [] : ["Also:", ...others, ...rest])].join(" "),
    copy: first.copy ?? null,
  };
}

/** What is so, and what is not configured. */
function passed({ pull, policy }: Case, images: readonly string[], tree: Tree): Found {
  const { activation, services, forbidden } = policy.artifacts;
  const entry = activation === null ? undefined : tree.entries.get(activation);
  const procedures = Object.keys(services).length;
  const said = [
    ...(images.length === 0 ? ["no Dockerfile or compose file is touched"] : images),
    ...(entry === undefined ? [] : [`${code(entry.path)} (${short(entry.blob)}) activates ${short(pull.head.sha)}`]),
    ...(procedures === 0 ? [] : [`${count(procedures, "service")} with a procedure`]),
    ...(forbidden.length === 0 ? [] : ["nothing forbidden is added"]),
  ];
  const unset = [
    ...(activation === null ? ["`artifacts.activation`"] : []),
    ...(procedures === 0 ? ["`artifacts.services`"] : []),
    ...(forbidden.length === 0 ? ["`artifacts.forbidden`"] : []),
  ];
  const sentence = said.join("; ");
  return {
    outcome: "passed",
    because: `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.${unset.length === 0 ? "" : ` Not configured: ${listed(unset)}.`}`,
  };
}

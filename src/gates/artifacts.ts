import type { Comparison } from "../flow/facts.ts";
import { short } from "../flow/names.ts";
import { code, count, listed } from "../flow/words.ts";
import { ofActivation, ofForbidden, ofService } from "./artifacts/given.ts";
import { type Brought, ofImages, takesCommand, touchesImage } from "./artifacts/images.ts";
import { MOST_READ, type Problem, type Tree } from "./artifacts/reading.ts";
import { changeOf, differing, filesAt } from "./change.ts";
import type { Case, Found, Gate } from "./gate.ts";

/** Beside the first thing that is wrong so many are named. */
const NAMED = 5;

export const artifacts: Gate = {
  name: "artifacts",
  asks: "Is everything in the repository that a release is made of and run by?",
  why: "SOP-0013: containers are built from Dockerfiles by a command that is in the repository, with their parameters; one script activates a release; each external service has its procedure in a `.md`.",
  pass: "Commit what is named: the build command of a Dockerfile that you touched, the activation script, a procedure; or name a parameter in `.env.example`, or in `artifacts.secrets` where it is secret.",
  judge(of) {
    const { lane, policy, look } = of;
    const { activation, services, onFeature } = policy.artifacts;
    if (lane.lane === "feature" && !onFeature)
      return { notAsked: "Asked on features only with `artifacts.on_feature: true`." };
    if (lane.lane === "back-merge" && !lane.own)
      return { notAsked: "Asked on back-merges only where they have commits of their own." };
    const brought = broughtBy(of);
    if (brought === null) return null;

    const { changed, tree } = brought;
    const procedures = Object.entries(services).map(([name, path]) => ofService(look, name, path, tree));
    const images = ofImages(of, brought, MOST_READ - procedures.length);
    if (images === null || look.missing() !== null) return null;
    const problems = [
      ...images.problems,
      activation === null ? null : ofActivation(activation, tree),
      ...procedures,
      ...changed.map(({ path, blob }) => (blob === null ? null : ofForbidden(path, policy.artifacts))),
    ].filter((problem) => problem !== null);
    const [first, ...more] = problems;
    return first === undefined ? passed(of, images.said, tree) : failed(first, more);
  },
};

const NOTHING: Comparison["changes"] = { files: [], whole: true };
const NO_FILES: Tree = new Map();

/**
 * What differs, from the comparison that is read anyway; the files of the head only where something is asked about
 * them, and those where the two parted only where something went or not all is listed. Null: still to be read.
 */
function broughtBy(of: Case): Brought | null {
  const { pull, policy, look } = of;
  const { activation, services, build } = policy.artifacts;
  const declared = Object.keys(build);
  const parted = changeOf(of);
  const { files, whole } = parted?.changes ?? NOTHING;
  const isConfigured = activation !== null || Object.keys(services).length + declared.length > 0;
  const asksTree = isConfigured || !whole || files.some((file) => touchesImage(file, declared));
  const tree = asksTree ? filesAt(look, pull.head.sha) : NO_FILES;
  if (parted === null) return null;
  const before = whole && !files.some(takesCommand) ? NO_FILES : filesAt(look, parted.mergeBase);
  if (tree === null || before === null) return null;
  return { changed: whole ? files : differing(before, tree), tree, before };
}

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
  const entry = activation === null ? undefined : tree.get(activation);
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

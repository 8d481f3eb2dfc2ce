import { createHash } from "node:crypto";
import { stripTypeScriptTypes } from "node:module";

/** Jest's transform: the same type stripping that `node src/main.ts` does, so positions hold and no source map is needed. */
export default {
  process: (code) => ({ code: stripTypeScriptTypes(code, { mode: "strip" }) }),
  getCacheKey: (code, file) => createHash("sha1").update(process.version).update(file).update(code).digest("hex"),
};

import { PHASES, type Phase } from "../../flow/config.ts";

/** What teams call their phases, folded: English, German, French, Spanish, Portuguese, Italian, Dutch. */
const SYNONYMS: { readonly [phase in Phase]: readonly string[] } = {
  before: [
    ...["before", "before deploy", "before deploying", "before deployment", "before release", "before the release"],
    ...["before the deployment", "before you begin", "pre deploy", "pre deployment", "predeploy", "predeployment"],
    ...["pre release", "prerelease", "pre flight", "preflight", "pre checks", "prechecks", "preconditions"],
    ...["prerequisites", "preparation", "preparations", "prepare", "setup", "backup", "backups", "readiness"],
    ...["vorher", "vor dem deployment", "vor dem deploy", "vor dem release", "vor der auslieferung"],
    ...["vor der inbetriebnahme", "vorbereitung", "vorbereitungen", "voraussetzungen"],
    ...["avant", "avant deploiement", "avant le deploiement", "avant la mise en production", "pre deploiement"],
    ...["preparation du deploiement", "prerequis", "preparatifs"],
    ...["antes", "antes del despliegue", "antes de desplegar", "previo al despliegue", "pre despliegue"],
    ...["preparacion", "preparativos", "requisitos previos"],
    ...["antes do deploy", "antes da implantacao", "pre implantacao", "preparacao", "pre requisitos"],
    ...["prima", "prima del deploy", "prima del rilascio", "prima della distribuzione", "preparazione"],
    ...["prerequisiti"],
    ...["vooraf", "voor de uitrol", "voor de deployment", "voor de release", "voorbereiding", "voorbereidingen"],
    ...["voorwaarden"],
  ],
  deploy: [
    ...["deploy", "deploying", "deployment", "deploy to production", "deployment to production", "roll out"],
    ...["rollout", "rolling out", "release", "releasing", "go live", "golive", "activation", "activate", "install"],
    ...["installation", "production deploy", "production deployment", "execution", "cutover", "during deploy"],
    ...["during deployment", "during the deployment"],
    ...["auslieferung", "ausrollen", "bereitstellung", "inbetriebnahme", "durchfuhrung", "aktivierung"],
    ...["produktivsetzung", "veroffentlichung"],
    ...["deploiement", "mise en production", "mise en service", "livraison", "activation en production"],
    ...["despliegue", "desplegar", "puesta en produccion", "puesta en marcha", "lanzamiento", "activacion"],
    ...["implantacao", "implantar", "publicacao", "entrada em producao", "lancamento", "ativacao"],
    ...["distribuzione", "rilascio", "messa in produzione", "attivazione"],
    ...["uitrol", "uitrollen", "uitvoering", "ingebruikname", "in productie nemen", "activering"],
  ],
  test: [
    ...["test", "testing", "tests", "verify", "verifying", "verification", "verifications", "validate", "validation"],
    ...["smoke test", "smoke tests", "smoke testing", "smoke", "sanity checks", "sanity check", "after deploy"],
    ...["after deployment", "after the deployment", "after deploying", "post deploy", "post deployment"],
    ...["postdeploy", "postdeployment", "post release", "after release", "after the release", "acceptance"],
    ...["acceptance test", "acceptance tests", "health checks", "health check", "checks"],
    ...["prufung", "prufen", "uberprufung", "verifizierung", "verifikation", "validierung", "nach dem deployment"],
    ...["nach dem deploy", "nach dem release", "nach der auslieferung", "funktionstest", "abnahme", "testen"],
    ...["verifier", "apres deploiement", "apres le deploiement", "apres la mise en production", "controle"],
    ...["controles", "recette", "tests de fumee"],
    ...["verificacion", "verificar", "pruebas", "prueba", "validacion", "despues del despliegue", "comprobacion"],
    ...["comprobaciones", "pruebas de humo"],
    ...["verificacao", "testes", "teste", "validacao", "depois do deploy", "apos o deploy", "apos a implantacao"],
    ...["verifica", "verifiche", "prova", "prove", "collaudo", "convalida", "dopo il deploy", "dopo il rilascio"],
    ...["verificatie", "controleren", "testen en controleren", "validatie", "na de uitrol", "na de deployment"],
    ...["na de release", "rooktest"],
  ],
  rollback: [
    ...["rollback", "roll back", "rolling back", "back out", "backout", "revert", "reverting", "undo", "fallback"],
    ...["fall back", "recovery", "contingency", "in case of failure", "if something goes wrong", "if it fails"],
    ...["rucknahme", "zuruckrollen", "ruckfall", "ruckbau", "ruckabwicklung", "wiederherstellung", "im fehlerfall"],
    ...["retour arriere", "retour en arriere", "annulation", "restauration", "en cas d echec", "en cas de probleme"],
    ...["reversion", "revertir", "marcha atras", "vuelta atras", "deshacer", "restauracion", "en caso de fallo"],
    ...["reversao", "reverter", "desfazer", "recuperacao", "em caso de falha", "restauracao"],
    ...["ripristino", "annullamento", "ritorno alla versione precedente", "in caso di errore", "in caso di problemi"],
    ...["terugdraaien", "terugrollen", "terugval", "herstel", "bij problemen", "terugzetten"],
  ],
  monitor: [
    ...["monitor", "monitoring", "observe", "observation", "observability", "watch", "aftercare", "hypercare"],
    ...["follow up", "post release monitoring", "after care", "dashboards", "dashboard", "alerts"],
    ...["uberwachung", "uberwachen", "beobachtung", "beobachten", "nachbeobachtung", "nachsorge"],
    ...["surveillance", "surveiller", "suivi", "supervision"],
    ...["monitorizacion", "monitoreo", "supervision posterior", "seguimiento", "vigilancia"],
    ...["monitoramento", "monitorizacao", "acompanhamento", "monitorar"],
    ...["monitoraggio", "monitorare", "osservazione", "sorveglianza"],
    ...["bewaking", "bewaken", "monitoren", "nazorg", "toezicht"],
  ],
};

/** More words for a phase, as the config has them. */
export type Words = { readonly [phase in Phase]?: readonly string[] };
/** The phase that a heading names; null: another heading. */
export type PhaseOf = (heading: string) => Phase | null;

/** What may stand around the words: `Phase 2: Deploy`, `3.1) Deploy`, `IV. Deploy`. */
const NUMBERING =
  /^(?:(?:phase|step|part|section|stage|schritt|teil|etape|paso|fase|passo|stap)\s+)?(?:\d+|[ivx]+)\s+/u;
/** What adds nothing to them: `Rollback plan`, `Deployment steps`. */
const GENERIC =
  /\s+(?:steps?|phase|plan|procedure|tasks?|checklist|checks|section|instructions|actions|schritte|stappen)$/u;
/** The same before them: `Plan de retour arrière`. */
const OF =
  /^(?:plan|plano|piano|procedure|procedimiento|procedimento|etapes|pasos|passos|passi)\s+(?:de|do|da|du|di|del|of|for)\s+/u;

const OURS: ReadonlyMap<string, Phase> = new Map(
  PHASES.flatMap((phase) => SYNONYMS[phase].map((word) => [word, phase] as const)),
);

/** Reads headings by the words of the config, and by ours. */
export function phasesBy(words: Words): PhaseOf {
  const theirs = new Map(PHASES.flatMap((phase) => (words[phase] ?? []).map((word) => [folded(word), phase] as const)));
  return (heading) => {
    const whole = folded(heading);
    const bare = whole.replace(NUMBERING, "").replace(OF, "");
    const readings = [whole, bare, whole.replace(GENERIC, ""), bare.replace(GENERIC, "")];
    for (const phases of [theirs, OURS])
      for (const reading of readings) {
        const phase = phases.get(reading);
        if (phase !== undefined) return phase;
      }
    return null;
  };
}

/** Letters and digits alone, without case or accents; a single numbering like `1.2` is one word. */
const folded = (text: string): string =>
  text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/ß/g, "ss")
    .replace(/(\d)[.,](?=\d)/g, "$1")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();

/** `Monitor (optional)`: all items below the heading may be left undone. */
export const isOptionalHeading = (heading: string): boolean => /\(optional\)\s*:?\s*$/i.test(heading);
/** The heading without that. */
export const withoutOptional = (heading: string): string => heading.replace(/\(optional\)\s*:?\s*$/i, "");

/** What there is to do, by our own records. */
export type Counts = {
  readonly due: number;
  readonly leased: number;
  readonly unsettled: number;
  readonly unread: number;
  readonly openPulls: number;
  readonly ledgerEntries: number;
  readonly sweeps: number;
};

const HELP: { readonly [name in keyof Counts]: string } = {
  due: "Subjects whose turn has come.",
  leased: "Subjects in hand.",
  unsettled: "Effects decided whose outcome is not known yet.",
  unread: "Deliveries that could not be read and are kept.",
  openPulls: "Open pull requests known.",
  ledgerEntries: "Entries in the ledger.",
  sweeps: "Times that GitHub's lists were looked through since the start.",
};

/** @returns the counts in Prometheus's text format, all gauges. */
export function metricsOf(counts: Counts): string {
  return (Object.keys(HELP) as (keyof Counts)[])
    .map((name) => {
      const metric = `flowgate_${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
      return `# HELP ${metric} ${HELP[name]}\n# TYPE ${metric} gauge\n${metric} ${counts[name]}\n`;
    })
    .join("");
}

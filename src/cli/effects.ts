/**
 * Effects of a command on money and data, and its question before them. `docs/operations.md` has this as a table, and
 * tests hold both against what the commands do.
 */
export interface Effects {
  /** Whether a provider can bill something for it. */
  readonly spends: boolean
  /** What of others' it changes, in words; `nothing` besides Offpeak's own state and files. */
  readonly writes: string
  /** What somebody must have agreed to before money is spent, or data is removed; `nothing` needs to be. */
  readonly asks: string
}

const free = (writes = 'nothing', asks = 'nothing'): Effects => ({ spends: false, writes, asks })
const paid = (asks: string, writes = 'the sink'): Effects => ({ spends: true, writes, asks })

const agreed = 'nothing: it keeps to the amount that each run was started with'

/** By the name of the command. */
export const effects: Readonly<Record<string, Effects>> = {
  init: free('the new files of a project'),
  dev: paid(`${agreed}; pages ask before they start one`),
  try: paid(
    'an amount, above $0.05; where nobody can be asked, always',
    'nothing; with `--write`, the sink; with `--out`, files',
  ),
  doctor: free(),
  jobs: free(),
  plan: free('with `--out`, the plan'),
  run: paid('an amount, with that of the jobs that follow'),
  resume: paid(
    'nothing within the amount of a run that lives; more only by `--max-cost`. What has ended is not sent again',
  ),
  pause: free(),
  retry: paid('an amount, for what is chosen'),
  cancel: free('batches at the provider, which stop', 'at a terminal, a person'),
  worker: paid(agreed),
  serve: paid(`${agreed}; REST starts one only with an amount`),
  status: free(),
  compare: free(),
  show: free(),
  errors: free(),
  review: free('the sink, with what a person accepts or edits'),
  results: free('with `--out`, the file'),
  report: free(),
  costs: free(),
  prices: free(),
  quota: free(),
  batches: free('with `--cancel-orphans`, batches at the provider, which stop', 'at a terminal, a person'),
  build: free('with `--out`, copies of the files'),
  submit: paid('an amount, with that of the jobs that follow'),
  merge: free('the sink'),
  import: free('the sink'),
  clean: free('files of ended runs, here and at the provider, which are removed', 'at a terminal, a person'),
  keys: free(),
  completion: free(),
  emulator: free('its own files'),
}

/** The table of all commands, as Markdown. */
export function effectsTable(): string {
  const rows = Object.entries(effects).map(
    ([name, { spends, writes, asks }]) => `| \`${name}\` | ${spends ? 'yes' : 'no'} | ${writes} | ${asks} |`,
  )
  return [
    '| command | may it spend | may it write | what must be agreed to before |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n')
}

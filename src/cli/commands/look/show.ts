import { outcomes } from '../../../domain/outcome.ts'
import type { RecordDetail } from '../../../engine/queries/record.ts'
import type { RecordTry } from '../../../engine/queries/record-tries.ts'
import { askedMessages, prettyAnswer } from '../../screen/views/asked-view.ts'
import { cleanKey, cleanLine, cleanText } from '../../screen/clean.ts'
import { simulatedRun } from '../../screen/simulated.ts'
import { command } from '../../command.ts'
import { yesFlag } from '../../../wording/commands/flags.ts'
import { formatCount, plural } from '../../../wording/count.ts'
import type { Paint } from '../../screen/paint.ts'
import { labelled } from '../../screen/table.ts'

/** Longer texts are cut on the screen; `--full` and `--json` show all. */
const shownCharacters = 1_200

const show = command({
  name: 'show',
  summary: 'everything about one record',
  group: 'Look',
  arguments: [
    { syntax: '<run>', summary: 'a run (or the start of its id, or a job: its newest run)' },
    { syntax: '<key>', summary: 'the key of the record' },
  ],
  options: {
    full: yesFlag('--full', 'do not cut long texts'),
    raw: yesFlag('--raw', 'the request and the line that came back, as JSON'),
  },
  examples: [
    'offpeak show 7k2m 1043',
    'offpeak show headnotes 1043 --raw',
    'offpeak show 7k2m 1043 --json | jq .answer',
  ],
  async run(context, [run = '', key = ''], { full, raw }) {
    const offpeak = await context.open()
    const view = await offpeak.record(run, key)
    if (context.globals.json) context.printJson(view)
    else context.print(asScreen(view, context.paint, { full, raw }))
    return 0
  },
})
export { show as command }

function asScreen(
  view: RecordDetail,
  paint: Paint,
  { full, raw }: { readonly full: boolean; readonly raw: boolean },
): string {
  const fit = (text: string): string => {
    const clean = cleanText(text).trimEnd()
    return full || clean.length <= shownCharacters
      ? clean
      : `${clean.slice(0, shownCharacters)}… ${paint.faint(`(${formatCount(clean.length)} characters; --full shows all)`)}`
  }
  const json = (value: unknown): string =>
    value === null ? paint.faint('not kept') : fit(JSON.stringify(value, null, 2))
  const { outcome, reason } = view
  const last = view.tries.at(-1)
  const tone = outcome === 'merged' ? paint.good : outcomes[outcome].person ? paint.warn : paint.faint
  const head = `  ${paint.strong(`record ${cleanKey(view.key)}`)} of run ${view.run}   ${tone(`${outcome}: ${outcomes[outcome].words}`)}`
  const body = labelled(
    [
      view.simulated ? ['Answers', paint.warn(simulatedRun)] : null,
      reason === null ? null : ['Reason', cleanLine(reason)],
      ['Sent', sent(view.tries)],
      ...view.tries.slice(0, -1).map((tried) => [`Try ${tried.n}`, cleanLine(tryWords(tried))] as const),
      view.deduplicatedInto === null
        ? null
        : [
            'Same as',
            `record ${cleanKey(view.deduplicatedInto)}: the request was identical, and was paid once`,
          ],
      view.costUsd === null
        ? null
        : [
            'Cost',
            `$${view.costUsd.toFixed(6)} · ${view.inputUnit === 'page' ? plural(last?.inputTokens ?? 0, 'page') : `${formatCount(last?.inputTokens ?? 0)} tokens in · ${formatCount(last?.outputTokens ?? 0)} out`}`,
          ],
      view.row === null ? null : ['Row', json(view.row)],
      ...(raw
        ? [['Request', json(view.request)] as const, ['Line', json(view.answer)] as const]
        : [
            ...askedMessages(view.request).map(([label, said]) => [label, fit(said)] as const),
            ['Answer', view.text === null ? paint.faint('none') : fit(prettyAnswer(view.text))] as const,
          ]),
    ],
    paint,
  )
  return `${head}\n${body}`
}

function sent(tries: readonly RecordTry[]): string {
  const last = tries.at(-1)
  if (last === undefined || last.batch === null || last.line === null) return 'never'
  return `${place(last)}${tries.length > 1 ? ` · sent ${tries.length} times` : ''}${last.providerBatchId === null ? '' : ` · ${last.providerBatchId}`}`
}

/** What an earlier try came to. */
function tryWords(tried: RecordTry): string {
  const { outcome, reason, costUsd } = tried
  return [
    place(tried),
    `${outcome}${reason === null ? '' : `: ${reason}`}`,
    ...(costUsd === null ? [] : [`$${costUsd.toFixed(6)}`]),
  ].join(' · ')
}

function place({ batch, line }: RecordTry): string {
  return `batch ${batch ?? '-'}, line ${line === null ? '-' : line + 1}`
}

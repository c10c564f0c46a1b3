import { quotasOf, type QuotaStatus } from '../../../engine/submission/quota.ts'
import { command, type CommandContext } from '../../command.ts'
import { formatDuration } from '../../../wording/duration.ts'
import { formatLarge, plural } from '../../../wording/count.ts'
import { formatTime } from '../../screen/format.ts'
import { type Column, table } from '../../screen/table.ts'

const barWidth = 8

const quota = command({
  name: 'quota',
  summary: 'enqueued tokens: the limit, what is in use, what waits',
  group: 'Provider',
  options: {},
  examples: ['offpeak quota', 'offpeak quota --json'],
  notes: [
    "A limit is known when `quota` in the config names it ({ 'azure/my-deployment': { enqueuedTokens: 5_000_000 } }), or when the provider has refused a batch for it. Read from the state; nothing is sent.",
  ],
  async run(context) {
    const { flow } = await context.open()
    const found = await quotasOf(flow)
    if (context.globals.json) context.printJson(found)
    else if (found.quotas.length === 0) context.say('  No limit is known, and no run is running.')
    else context.show(asTable(context, found.quotas))
    return 0
  },
})
export { quota as command }

function asTable({ paint, io }: CommandContext, quotas: readonly QuotaStatus[]): string {
  const now = io.now()
  const share = ({ usedTokens, limitTokens }: QuotaStatus): number =>
    limitTokens === null ? 0 : usedTokens / Math.max(1, limitTokens)
  const bar: Column<QuotaStatus> = {
    title: '',
    value: (each) => {
      if (each.limitTokens === null) return ''
      const full = Math.min(barWidth, Math.ceil(share(each) * barWidth))
      return `${'#'.repeat(full)}${'-'.repeat(barWidth - full)}`
    },
    paint: (text, each) => (share(each) > 0.9 ? paint.warn(text) : paint.good(text)),
  }
  const waits = ({ waitingBatches, waves, moreToCome }: QuotaStatus): string =>
    [
      waitingBatches === 0 ? null : plural(waitingBatches, 'batch', 'batches'),
      waitingBatches === 0 || waves === null ? null : plural(waves, 'wave'),
      moreToCome ? 'more' : null,
    ]
      .filter((part) => part !== null)
      .join(', ') || '-'
  return table<QuotaStatus>(
    [
      { title: 'provider / model', value: ({ key }) => key, shrink: true, paint: paint.strong },
      {
        title: 'in use',
        value: ({ usedTokens, limitTokens }) =>
          `${formatLarge(usedTokens)} of ${limitTokens === null ? '?' : formatLarge(limitTokens)}`,
        right: true,
      },
      bar,
      {
        title: 'enqueued',
        value: ({ enqueuedBatches }) =>
          enqueuedBatches === 0 ? '-' : plural(enqueuedBatches, 'batch', 'batches'),
        right: true,
      },
      { title: 'waiting', value: waits },
      {
        title: 'not before',
        value: ({ notBefore }) =>
          notBefore === null ? '-' : `${formatTime(notBefore)}, in ${formatDuration(notBefore - now)}`,
        paint: (text, { notBefore }) => (notBefore === null ? text : paint.warn(text)),
      },
    ],
    quotas,
    { paint, width: io.stdout.columns() },
  )
}

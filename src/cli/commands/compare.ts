import { OffpeakError } from '../../domain/errors.ts'
import type { Comparison, SideFigures } from '../../engine/look/compare.ts'
import type { Offpeak } from '../../offpeak.ts'
import { variantNames } from '../../planning/render.ts'
import { cleanLine } from '../screen/clean.ts'
import { command, type CommandContext } from '../command.ts'
import { countFlag } from './flags.ts'
import { formatCount, formatUsd, plural } from '../screen/format.ts'
import { table } from '../screen/table.ts'
import { cutToWidth } from '../screen/text-width.ts'

const usualSample = 200

const compare = command({
  name: 'compare',
  summary: 'set two runs of a job, or two prompt variants, side by side',
  group: 'Look',
  arguments: [
    { syntax: '<a>', summary: 'a run, one of its variants as run:variant, or a job with variants' },
    { syntax: '[b]', summary: 'the other one; may be left out for a run or job with two variants' },
  ],
  options: {
    sample: countFlag('--sample <n>', `how many records to read the answers of (${usualSample})`),
  },
  examples: ['offpeak compare 6xq1 7k2m', 'offpeak compare 7k2m:short 7k2m:long', 'offpeak compare products'],
  async run(context, [one = '', other], options) {
    const offpeak = await context.open()
    const [a, b] = other === undefined ? await variantsOf(offpeak, one) : [one, other]
    const comparison = await offpeak.compare(a, b, options.sample ?? usualSample)
    if (context.globals.json) context.printJson(comparison)
    else show(context, comparison)
    return 0
  },
})
export { compare as command }

/** The two variants of a run's job. Throws E_USAGE. */
async function variantsOf(offpeak: Offpeak, name: string): Promise<readonly [string, string]> {
  const run = await offpeak.find(name)
  const names = variantNames((await offpeak.job(run.job)).job)
  const [a, b] = names
  if (names.length === 2 && a !== undefined && b !== undefined) return [`${run.id}:${a}`, `${run.id}:${b}`]
  throw new OffpeakError(
    'E_USAGE',
    names.length === 0
      ? `the job ${run.job} has no variants`
      : `the job ${run.job} has ${names.length} variants`,
    {
      fix:
        names.length === 0
          ? 'name a second run'
          : `name two: offpeak compare ${run.id}:${a ?? ''} ${run.id}:${names.at(-1) ?? ''}`,
    },
  )
}

const none = '-'

function show(context: CommandContext, { job, a, b, both, changed, examples, preferred }: Comparison): void {
  const { paint, io } = context
  const rows: readonly (readonly [string, (side: SideFigures) => string])[] = [
    ['records', ({ records }) => formatCount(records)],
    ['valid', ({ validPercent }) => (validPercent === null ? none : `${validPercent.toFixed(1)} %`)],
    ['score', ({ score }) => (score === null ? none : score.toFixed(3))],
    ['tokens out', ({ outputTokens }) => (outputTokens === null ? none : outputTokens.toFixed(0))],
    ['cost', ({ costMicroUsd }) => formatUsd(costMicroUsd)],
    [
      'a record',
      ({ microUsdPerRecord }) => (microUsdPerRecord === null ? none : formatUsd(microUsdPerRecord)),
    ],
  ]
  context.print(`  ${paint.strong(job)}`)
  context.print(
    table(
      [
        { title: '', value: ([name]) => name },
        { title: a.name, value: ([, read]) => read(a), right: true },
        { title: b.name, value: ([, read]) => read(b), right: true },
      ],
      rows,
      { paint, width: io.stdout.columns() },
    ),
  )
  if (both > 0)
    context.print(
      `  ${changed === 0 ? 'No' : formatCount(changed)} of ${plural(both, 'answer')} that both have ${changed === 1 ? 'differs' : 'differ'}.`,
    )
  const said = preferred.a + preferred.b + preferred.tie + preferred.bad
  if (said > 0)
    context.print(
      `  Of ${plural(said, 'record')} people preferred ${cleanLine(a.name)} in ${formatCount(preferred.a)} and ${cleanLine(b.name)} in ${formatCount(preferred.b)}; ${formatCount(preferred.tie)} as good, ${formatCount(preferred.bad)} both bad.`,
    )
  for (const { key, a: first, b: second } of examples) {
    context.print(`  ${paint.strong(cleanLine(key))}`)
    context.print(`    ${paint.bad('-')} ${cutToWidth(cleanLine(first), io.stdout.columns() - 8)}`)
    context.print(`    ${paint.good('+')} ${cutToWidth(cleanLine(second), io.stdout.columns() - 8)}`)
  }
}

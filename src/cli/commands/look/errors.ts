import { typedKey } from '../../../wording/typed-key.ts'
import type { MendedGroup } from '../../../engine/control/priced-fixes.ts'
import { cleanKey, cleanLine } from '../../screen/clean.ts'
import { command } from '../../command.ts'
import { textFlag, textsFlag, yesFlag } from '../../../wording/commands/flags.ts'
import { formatCount, plural } from '../../../wording/count.ts'
import { remedyCommand } from '../../../wording/remedies.ts'
import { simulatedRun } from '../../screen/simulated.ts'
import { remedyLines } from '../../screen/remedies.ts'
import type { Paint } from '../../screen/paint.ts'
import { readOutcomes } from '../runs/retry.ts'
import { wrapWords } from '../../screen/wrap.ts'

const pageSize = 1_000

const errors = command({
  name: 'errors',
  summary: 'what failed, grouped, with the command that fixes it',
  group: 'Look',
  arguments: [{ syntax: '<run>', summary: 'a run (or the start of its id, or a job: its newest run)' }],
  options: {
    status: textsFlag('--status <outcomes>', 'only these: invalid,expired,…'),
    error: textFlag('--error <text>', 'only those whose reason contains this'),
    keys: yesFlag('--keys', 'print the keys, one in each line, as --only @file reads them'),
  },
  examples: ['offpeak errors 7k2m', 'offpeak errors 7k2m --status truncated --keys > keys.txt'],
  async run(context, [named = ''], { status, error, keys }) {
    const { paint, globals, print } = context
    const offpeak = await context.open()
    const run = await offpeak.find(named)
    const wanted = readOutcomes(status)
    const groups = (await offpeak.groups(run.id)).filter(
      ({ outcome, reason }) =>
        (wanted === null || wanted.includes(outcome)) &&
        (error === null || (reason ?? '').toLowerCase().includes(error.toLowerCase())),
    )
    if (keys) {
      const outcomes = [...new Set(groups.map(({ outcome }) => outcome))]
      if (outcomes.length === 0) return 0
      for (let afterSeq = -1; ;) {
        const page = await offpeak.store.requests(run.id, {
          outcomes,
          ...(error === null ? {} : { reason: error }),
          afterSeq,
          limit: pageSize,
        })
        if (page.length > 0) print(page.map(({ key }) => typedKey(key)).join('\n'))
        const last = page.at(-1)
        if (!last || page.length < pageSize) return 0
        afterSeq = last.seq
      }
    }
    const people = groups.reduce(
      (sum, { needsAttention: person, count, retrying }) => sum + (person ? count - retrying : 0),
      0,
    )
    const mended = await offpeak.mended(run.id, groups)
    const remedies = people === 0 ? null : await offpeak.remedies(run.id)
    if (globals.json) {
      context.printJson({
        schema: 'offpeak.errors/2',
        run: run.id,
        job: run.job,
        simulated: run.simulated === 1,
        groups: mended.map(({ fix: { command, first }, ...group }) => ({
          ...group,
          fix: { command, first },
        })),
        remedies: (remedies?.items ?? []).map((remedy) => ({
          ...remedy,
          command: remedyCommand(run.id, remedy),
        })),
      })
      return 0
    }
    // The built-in emulator has a band of its own above.
    if (run.simulated === 1 && (await offpeak.emulator()) === null)
      context.say(`  ${paint.warn(simulatedRun)}`)
    if (groups.length === 0) {
      context.say(
        wanted === null && error === null
          ? `  Nothing needs attention in run ${run.id} of ${run.job}.`
          : `  Run ${run.id} of ${run.job} has no such records.`,
      )
      return 0
    }
    const columns = context.io.stdout.columns()
    print(
      `  ${paint.strong(`Run ${run.id} of ${run.job}`)}   ${people === 0 ? 'nothing needs attention' : paint.warn(`${plural(people, 'record')} ${people === 1 ? 'needs' : 'need'} attention`)}`,
    )
    for (const group of mended) print(`\n${groupLines(group, paint, columns).join('\n')}`)
    const lines = remedies === null ? [] : remedyLines(remedies, paint)
    if (lines.length > 0) print(`\n${lines.join('\n')}`)
    return 0
  },
})
export { errors as command }

function groupLines(
  {
    outcome,
    reason,
    count,
    examples,
    description: words,
    needsAttention: person,
    retrying,
    fix,
  }: MendedGroup,
  paint: Paint,
  columns: number,
): readonly string[] {
  const mark = person ? paint.warn('!') : paint.faint('-')
  const lines = [`  ${mark} ${paint.strong(formatCount(count))} ${paint.strong(outcome)}: ${words}`]
  if (reason !== null)
    lines.push(
      ...wrapWords(cleanLine(reason), columns - 16).map(
        (line, at) => `      ${at === 0 ? 'Reason    ' : '          '}${line}`,
      ),
    )
  if (retrying > 0)
    lines.push(`      Retries   ${formatCount(retrying)} of them are sent again automatically`)
  if (retrying === count) return lines
  lines.push(`      Examples  ${examples.map(cleanKey).join(', ')}`)
  if (fix.first !== null) lines.push(`      First     ${fix.first}`)
  const label = fix.command.startsWith('offpeak show ') ? 'Look' : 'Fix '
  lines.push(`      ${label}      ${paint.command(fix.command)}`)
  return lines
}

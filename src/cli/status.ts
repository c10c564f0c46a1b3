import { OffpeakError } from '../domain/errors.ts'
import type { RunStatus } from '../engine/status.ts'
import type { Offpeak } from '../offpeak.ts'
import { paused } from './carry.ts'
import { chooseBatch } from './choose-batch.ts'
import { command, type CommandContext } from './command.ts'
import { countFlag, textFlag, yesFlag } from './flags.ts'
import { Progress } from './progress.ts'
import { resultOf } from './result.ts'
import { batchView, runTable, runView } from './status-view.ts'
import { jsonWatcher, type Watcher, watchRun } from './watch.ts'

const newestRuns = 15

const status = command({
  name: 'status',
  summary: 'where a run stands; without one, the newest runs',
  group: 'Look',
  arguments: [{ syntax: '[run]', summary: 'a run (or the start of its id, or a job: its newest run)' }],
  options: {
    watch: yesFlag('--watch', 'look on until the run ends; carries nothing on by itself'),
    batch: textFlag('--batch <batch>', "one batch, by its number or the provider's id"),
    limit: countFlag('--limit <n>', `so many runs (${newestRuns})`),
  },
  examples: [
    'offpeak status',
    'offpeak status 7k2m --watch',
    'offpeak status 7k2m --batch 3',
    'offpeak status 7k2m --json',
  ],
  notes: ['Only reads, also while another process carries the run.'],
  async run(context, [named], { watch, batch, limit }) {
    const offpeak = await context.open()
    if (named === undefined) {
      if (watch || batch !== null)
        throw new OffpeakError('E_USAGE', `--${watch ? 'watch' : 'batch'} needs a run`, {
          fix: 'offpeak status lists them',
        })
      return list(context, offpeak, limit ?? newestRuns)
    }
    const run = await offpeak.find(named)
    if (watch) return look(context, offpeak, run.id)
    const found = await offpeak.status(run.id)
    const one = batch === null ? null : chooseBatch(found, batch)
    if (context.globals.json)
      context.printJson(one === null ? found : { schema: 'offpeak.batch/1', run: run.id, ...one })
    else if (one === null) {
      context.print(
        runView(found, { paint: context.paint, columns: context.io.stdout.columns(), now: context.io.now() }),
      )
      hints(context, found)
    } else context.print(batchView(found, one, context.paint))
    return 0
  },
})
export { status as command }

async function list(context: CommandContext, offpeak: Offpeak, limit: number): Promise<number> {
  const runs = await offpeak.store.runs({ limit })
  const statuses = await Promise.all(runs.map(({ id }) => offpeak.status(id)))
  if (context.globals.json)
    context.printJson({
      schema: 'offpeak.runs/1',
      runs: statuses.map((each) => ({ ...each, plan: undefined, batches: each.batches.length })),
    })
  else if (statuses.length === 0) {
    context.say('  There are no runs yet.')
    context.next('Start', 'offpeak jobs')
  } else
    context.print(
      runTable(statuses, {
        paint: context.paint,
        columns: context.io.stdout.columns(),
        now: context.io.now(),
      }),
    )
  return 0
}

async function look(context: CommandContext, offpeak: Offpeak, runId: string): Promise<number> {
  const { io, globals, paintWords } = context
  const over = new AbortController()
  const live = io.stderr.isTty && !globals.json && globals.logFormat === 'pretty'
  using progress = new Progress({
    io,
    paint: paintWords,
    live,
    json: globals.logFormat === 'json',
    quiet: globals.quiet || globals.json,
    hint: '  Ctrl-C stops looking; the run goes on.',
  })
  const signal = context.interruptible(() => over.abort())
  const watcher: Watcher = globals.json
    ? jsonWatcher(context)
    : { onStatus: (found) => progress.update(found), onEvent: () => undefined }
  await watchRun(offpeak, runId, watcher, over.signal, ({ state }) =>
    ['done', 'cancelled', 'paused'].includes(state),
  )
  progress.stop()
  if (signal.aborted) return 0
  const found = await offpeak.status(runId)
  if (found.state === 'paused') return paused(context, found)
  const result = resultOf(found, await offpeak.groups(runId), {
    paint: context.paint,
    columns: context.io.stdout.columns(),
  })
  if (globals.json) context.printJson(found)
  else context.print(result.lines.join('\n'))
  return 0
}

function hints(context: CommandContext, { run, state, needPerson, pauseKind }: RunStatus): void {
  if (state === 'paused')
    context.next('Go on', pauseKind === 'held' ? `offpeak submit ${run}` : `offpeak resume ${run}`)
  else if (state === 'building' || state === 'running') context.next('Carry on', `offpeak resume ${run}`)
  if (needPerson > 0) context.next('Mend', `offpeak errors ${run}`)
  if (state === 'done') context.next('Report', `offpeak report ${run}`)
}

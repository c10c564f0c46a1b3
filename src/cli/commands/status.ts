import { copyFile, mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { OffpeakError } from '../../domain/errors.ts'
import { answerFile } from '../../engine/requests/artefacts.ts'
import type { BatchStatus, RunStatus } from '../../engine/look/status.ts'
import type { Offpeak } from '../../offpeak.ts'
import { chooseBatch } from './choose-batch.ts'
import { command, type CommandContext } from '../command.ts'
import { countFlag, textFlag, yesFlag } from './flags.ts'
import { formatBytes } from '../screen/format.ts'
import { batchView, runTable, runView } from '../screen/status-view.ts'
import type { Watcher } from './watch.ts'

const newestRuns = 15

const status = command({
  name: 'status',
  summary: 'where a run stands; without one, the newest runs',
  group: 'Look',
  arguments: [{ syntax: '[run]', summary: 'a run (or the start of its id, or a job: its newest run)' }],
  options: {
    watch: yesFlag('--watch', 'look on until the run ends; carries nothing on by itself'),
    batch: textFlag('--batch <batch>', "one batch, by its number or the provider's id"),
    download: textFlag('--download <dir>', 'copy the answer files of that batch there'),
    limit: countFlag('--limit <n>', `so many runs (${newestRuns})`),
  },
  examples: [
    'offpeak status',
    'offpeak status 7k2m --watch',
    'offpeak status 7k2m --batch 3',
    'offpeak status --batch batch_68f1 --download answers',
    'offpeak status 7k2m --json',
  ],
  notes: ['Only reads, also while another process carries the run.'],
  async run(context, [named], { watch, batch, download, limit }) {
    const offpeak = await context.open()
    if (named === undefined && batch === null) {
      if (watch)
        throw new OffpeakError('E_USAGE', '--watch needs a run', { fix: 'offpeak status lists them' })
      return list(context, offpeak, limit ?? newestRuns)
    }
    const run = await offpeak.find(named ?? (await runOfBatch(offpeak, batch ?? '')))
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
    if (download !== null) {
      if (one === null)
        throw new OffpeakError('E_USAGE', '--download needs --batch', {
          fix: `--batch 0 --download ${download}`,
        })
      await copyAnswers(context, offpeak, found, one, download)
    }
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
  const [{ paused }, { Progress }, { resultOf }, { jsonWatcher, watchRun }] = await Promise.all([
    import('./carry.ts'),
    import('../screen/progress.ts'),
    import('../screen/result.ts'),
    import('./watch.ts'),
  ])
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

/** The run that made a batch, by the provider's id. Throws E_RUN_UNKNOWN. */
async function runOfBatch(offpeak: Offpeak, batch: string): Promise<string> {
  const attempt = await offpeak.store.attemptOf(batch)
  if (attempt) return attempt.runId
  throw new OffpeakError('E_RUN_UNKNOWN', `no run here has a batch ${batch}`, {
    fix: 'name its run, or take over a batch of another system: offpeak import <job> <file>',
  })
}

/** Copies what the provider has answered, as it lies in our files. Throws E_RUN_STATE while it is not fetched. */
async function copyAnswers(
  context: CommandContext,
  offpeak: Offpeak,
  { run }: RunStatus,
  { n }: BatchStatus,
  directory: string,
): Promise<void> {
  const target = resolve(context.io.cwd, context.globals.cwd, directory)
  const attempts = (await offpeak.store.attempts(run)).filter(({ batchN }) => batchN === n)
  await mkdir(target, { recursive: true })
  let copied = 0
  for (const attempt of attempts) {
    const { outputBytes, errorBytes, providerBatchId } = attempt
    for (const [kind, bytes] of [
      ['output', outputBytes],
      ['error', errorBytes],
    ] as const) {
      if (bytes === null || bytes === 0) continue
      const to = join(target, `${providerBatchId ?? `${run}-${n}`}.${kind}.jsonl`)
      await copyFile(answerFile(offpeak.config.filesDir, attempt, kind), to)
      context.say(`  ${to}  ${formatBytes(bytes)}`)
      copied += 1
    }
  }
  if (copied === 0)
    throw new OffpeakError('E_RUN_STATE', `batch ${n} of run ${run} has no answers here yet`, {
      fix: `offpeak resume ${run} fetches them when they are there`,
    })
}

function hints(context: CommandContext, { run, state, needPerson, pauseKind }: RunStatus): void {
  if (state === 'paused')
    context.next('Go on', pauseKind === 'held' ? `offpeak submit ${run}` : `offpeak resume ${run}`)
  else if (state === 'building' || state === 'running') context.next('Carry on', `offpeak resume ${run}`)
  if (needPerson > 0) context.next('Mend', `offpeak errors ${run}`)
  if (state === 'done') context.next('Report', `offpeak report ${run}`)
}

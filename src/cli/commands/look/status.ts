import { OffpeakError } from '../../../domain/errors.ts'
import { outlast } from '../../../drivers/outage-tolerance.ts'
import type { AtProvider } from '../../../engine/queries/at-provider.ts'
import { sentBefore } from '../../../engine/queries/sent-before.ts'
import type { RunStatus } from '../../../engine/queries/status.ts'
import type { Project } from '../../../compose/project.ts'
import { chooseBatch } from '../runs/choose-run.ts'
import { command, type CommandContext } from '../../command.ts'
import { countFlag, textFlag, yesFlag } from '../../../wording/commands/flags.ts'
import { amountOfPlan } from '../../../wording/amount-of-plan.ts'
import { withAmount } from '../../../wording/commands/command-line.ts'
import { saySentBefore } from '../runs/say-sent-before.ts'
import { batchView, runTable, runView } from '../../screen/views/status-view.ts'
import { saySimulated } from './simulated-runs.ts'
import { waitsOf } from '../../screen/waits.ts'
import type { Watcher } from './watch.ts'

const newestRuns = 15

const status = command({
  name: 'status',
  summary: 'where a run stands; without one, the newest runs',
  group: 'Look',
  arguments: [{ syntax: '[run]', summary: 'a run (or the start of its id, or a job: its newest run)' }],
  options: {
    watch: yesFlag('--watch', 'look on until the run ends; fetches and sends nothing'),
    batch: textFlag('--batch <batch>', "one batch, by its number or the provider's id"),
    download: textFlag('--download <dir>', 'copy the answer files of that batch there'),
    limit: countFlag('--limit <n>', `n runs (${newestRuns})`),
  },
  examples: [
    'offpeak status',
    'offpeak status 7k2m --watch',
    'offpeak status 7k2m --batch 3',
    'offpeak status --batch batch_68f1 --download answers',
    'offpeak status 7k2m --json',
  ],
  notes: [
    'Only reads, also while another process drives the run. When no process does, the provider is asked how the batches are: what has ended there is fetched and merged by offpeak resume, and --download copies its files from there.',
  ],
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
    const seen = await offpeak.atProvider(run.id)
    const view = { paint: context.paint, columns: context.io.stdout.columns(), now: context.io.now(), seen }
    if (context.globals.json)
      context.printJson(
        one === null
          ? { ...found, atProvider: seen }
          : {
              schema: 'offpeak.batch/2',
              run: run.id,
              ...one,
              atProvider: seen?.batches.find(({ n }) => n === one.n) ?? null,
            },
      )
    else if (one === null) {
      context.show(runView(found, view))
      await saySentBefore(context, offpeak, found.job)
      hints(context, found)
    } else context.show(batchView(found, one, view))
    if (download !== null) {
      if (one === null)
        throw new OffpeakError('E_USAGE', '--download needs --batch', {
          fix: `--batch 0 --download ${download}`,
        })
      const { downloadAnswers } = await import('./download-answers.ts')
      await downloadAnswers(context, offpeak, found, one, download)
    }
    return 0
  },
})
export { status as command }

async function list(context: CommandContext, offpeak: Project, limit: number): Promise<number> {
  const runs = await offpeak.store.runs({ limit })
  const statuses = await Promise.all(runs.map(({ id }) => offpeak.status(id)))
  if (context.globals.json)
    context.printJson({
      schema: 'offpeak.runs/2',
      runs: statuses.map((each) => ({
        ...each,
        plan: undefined,
        waits: waitsOf(each),
        batches: each.batches.length,
      })),
      sentBefore: (await sentBefore(offpeak.flow)).map(
        ({ job, runId, batchN, requests, maxCostMicroUsd }) => ({
          job,
          run: runId,
          file: batchN,
          requests,
          maxCostMicroUsd,
        }),
      ),
    })
  else if (statuses.length === 0) {
    context.say('  There are no runs yet.')
    context.next('Start', 'offpeak jobs')
    saySimulated(context, offpeak, 'offpeak status')
  } else
    context.show(
      runTable(statuses, {
        paint: context.paint,
        columns: context.io.stdout.columns(),
        now: context.io.now(),
      }),
    )
  if (!context.globals.json) await saySentBefore(context, offpeak, null)
  return 0
}

async function look(context: CommandContext, offpeak: Project, runId: string): Promise<number> {
  const [
    { askWhileWatching },
    { atProviderLines, hasEndedThere },
    { paused },
    { progressOf },
    { resultOf, shownGroups },
    { showTrouble },
    { jsonWatcher, watchRun },
  ] = await Promise.all([
    import('./ask-while-watching.ts'),
    import('../../screen/views/at-provider-view.ts'),
    import('../runs/follow-run.ts'),
    import('../../screen/progress.ts'),
    import('../../screen/result.ts'),
    import('../../screen/trouble.ts'),
    import('./watch.ts'),
  ])
  const { io, globals } = context
  const over = new AbortController()
  using progress = progressOf(context, '  Ctrl-C stops looking; the run continues.')
  using shown = new DisposableStack()
  shown.use(showTrouble(context, progress))
  const signal = context.interruptible(() => over.abort())
  let said = ''
  const sayJson = (state: string, now: AtProvider | null): void => {
    if (state === said) return
    said = state
    context.printJson({ schema: 'offpeak.at-provider/2', run: runId, atProvider: now })
  }
  const watcher: Watcher = globals.json
    ? jsonWatcher(context)
    : { onStatus: (found) => progress.update(found), onEvent: () => undefined }
  const last: { seen: AtProvider | null } = { seen: null }
  const asking = askWhileWatching(
    offpeak,
    runId,
    (now) => {
      last.seen = now
      const lines = now === null ? [] : atProviderLines(runId, now, io.now())
      if (globals.json) sayJson(lines.slice(1).join(' '), now)
      else progress.note(lines)
      // Nobody is there to fetch it: there is nothing to wait for.
      if (now !== null && hasEndedThere(now)) over.abort()
    },
    over.signal,
  )
  const watching = watchRun(offpeak, runId, {
    watcher,
    over: over.signal,
    isOver: ({ state }) => ['done', 'cancelled', 'paused'].includes(state),
  }).finally(() => over.abort())
  await Promise.all([watching, asking])
  progress.stop()
  if (signal.aborted) return 0
  const { seen } = last
  if (seen !== null && hasEndedThere(seen)) {
    if (!globals.json) context.show(indented(atProviderLines(runId, seen, io.now())))
    context.next('Go on', `offpeak resume ${runId}`)
    return 0
  }
  const [found, groups] = await outlast(
    async () =>
      [
        await offpeak.status(runId),
        await offpeak.mended(runId, await offpeak.groups(runId), shownGroups),
      ] as const,
    signal,
  )
  if (found.state === 'paused') return paused(context, found)
  const result = resultOf(found, groups, {
    paint: context.paint,
    columns: context.io.stdout.columns(),
  })
  if (globals.json) context.printJson(found)
  else context.show(result.lines.join('\n'))
  return 0
}

function indented(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}`).join('\n')
}

/** The run that made a batch, by the provider's id. Throws E_RUN_UNKNOWN. */
async function runOfBatch(offpeak: Project, batch: string): Promise<string> {
  const attempt = await offpeak.store.attemptOf(batch)
  if (attempt) return attempt.runId
  throw new OffpeakError('E_RUN_UNKNOWN', `no run here has a batch ${batch}`, {
    fix: 'name its run, or take over a batch of another system: offpeak import <job> <file>',
  })
}

function hints(
  context: CommandContext,
  { run, state, needsAttention, pauseKind, notStarted, plan }: RunStatus,
): void {
  if (state === 'paused')
    context.next(
      'Go on',
      pauseKind === 'submit'
        ? withAmount(`offpeak submit ${run}`, plan && amountOfPlan(plan))
        : `offpeak resume ${run}${pauseKind === 'changed' ? ' --today' : ''}`,
    )
  else if (state === 'building' || state === 'running') context.next('Go on', `offpeak resume ${run}`)
  for (const { command } of notStarted) context.next('Start', command)
  if (needsAttention > 0) context.next('Fix', `offpeak errors ${run}`)
  if (state === 'done') context.next('Report', `offpeak report ${run}`)
}

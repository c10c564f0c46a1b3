import { setTimeout as sleep } from 'node:timers/promises'
import { endingIn, isRunning } from '../../../domain/attempt.ts'
import type { OffpeakError } from '../../../domain/errors.ts'
import { outlast } from '../../../drivers/outage-tolerance.ts'
import type { RunStatus } from '../../../engine/queries/status.ts'
import type { EventRow, RunRow } from '../../../ports/state.ts'
import { phaseOf } from '../../../wording/batch-phase.ts'
import { maySucceedLater } from '../../../planning/addresses/database-fault.ts'
import { jobsAfter } from '../../../compose/followers.ts'
import { keptApart, rehearsalWords } from '../../../compose/rehearsal.ts'
import { simulatedRun } from '../../screen/simulated.ts'
import type { CommandContext } from '../../command.ts'
import { printFailure } from '../../screen/failure.ts'
import { formatDuration } from '../../../wording/duration.ts'
import { amountOfPlan } from '../../../wording/amount-of-plan.ts'
import { withAmount } from '../../../wording/commands/command-line.ts'
import { spentWords } from '../../../wording/spent.ts'
import { formatMost, formatUsd } from '../../../wording/amount.ts'
import { plural } from '../../../wording/count.ts'
import { progressOf } from '../../screen/progress.ts'
import { pausedMoney, pauseError, resultOf, shownGroups } from '../../screen/result.ts'
import { cleanLine } from '../../screen/clean.ts'
import { showTrouble } from '../../screen/trouble.ts'
import { Stuck } from '../look/stuck.ts'
import { isTrouble, waitsOf, waitTimes, waitWords } from '../../screen/waits.ts'
import { jsonWatcher, type Watcher, watchRun } from '../look/watch.ts'
import { fitLines } from '../../screen/wrap.ts'
import { exits } from '../../exit-codes.ts'
import { appendFile } from 'node:fs/promises'
import type { Project } from '../../../compose/project.ts'
import { reportMarkdown } from '../../screen/report-markdown.ts'

export interface CarryOptions {
  readonly runIds: readonly string[]
  /** Leave after so long, and let the run go on; null: stay to the end. */
  readonly waitMs: number | null
  /** Leave as soon as everything that may be sent now is sent. */
  readonly detach: boolean
  /** Leave when all that is left waits for somebody who does not answer. */
  readonly leaveStuck?: boolean
}

/** How often a run is looked at for a log to which nothing has happened, where others use the database too. */
const quietRestMs = 5_000
/** What has been asked for a last time is given that long to come to its end. */
const lettingGoMs = 5_000

/** Left before the end. */

/**
 * The exit code of runs that are followed to their ends, with the runs that follow them; shows how it goes and how it
 * ended.
 */
export async function followRun(
  context: CommandContext,
  offpeak: Project,
  options: CarryOptions,
): Promise<number> {
  const { waitMs } = options
  const waited = waitMs === null ? null : AbortSignal.timeout(waitMs)
  let exit = 0
  for (let runIds = options.runIds; ;) {
    const stage = await carryStage(context, offpeak, { ...options, runIds }, waited)
    exit = Math.max(exit, stage.exit)
    const { next } = stage
    // What does not come to its end although it was told to would keep the process from its own; nothing is lost by it.
    if (stage.isAbandoned) context.io.leave(exit)
    if (next.length === 0) return exit
    runIds = next.map(({ id }) => id)
    context.say(`  Next, because it follows: ${next.map(({ id, job }) => `${job} (run ${id})`).join(', ')}.`)
  }
}

interface Stage {
  readonly exit: number
  /** The runs that go on because these have ended. */
  readonly next: readonly RunRow[]
  readonly isAbandoned: boolean
}

/** Carries some runs side by side; nothing is next when somebody let go of them before their ends. */
async function carryStage(
  context: CommandContext,
  offpeak: Project,
  { runIds, waitMs, detach, leaveStuck = false }: CarryOptions,
  waited: AbortSignal | null,
): Promise<Stage> {
  const { globals } = context
  const over = new AbortController()
  using progress = progressOf(context, '  Ctrl-C detaches: what is at the provider continues.')
  using shown = new DisposableStack()
  shown.use(showTrouble(context, progress))
  const interrupt = context.interruptible(() => {
    over.abort()
    progress.stop()
    context.say('\n  Detaching: what is on the wire is finished first. Ctrl-C again leaves immediately.')
  })
  const stuck = new AbortController()
  const signal = AbortSignal.any([interrupt, stuck.signal, ...(waited ? [waited] : [])])
  const watcher: Watcher = globals.json
    ? jsonWatcher(context)
    : {
        onStatus: (status) => (interrupt.aborted ? undefined : progress.update(status)),
        onEvent: (event) => (event.kind === 'state.older' ? progress.note(olderWords(event)) : undefined),
      }
  let failure: unknown = null
  const fail = (thrown: unknown): void => {
    failure ??= thrown
    stuck.abort()
  }
  const restMs = progress.isLive || offpeak.store.kind === 'sqlite' ? 0 : quietRestMs
  const watching = Promise.all(
    runIds.map((runId) => watchRun(offpeak, runId, { watcher, over: over.signal, restMs })),
  ).catch(fail)
  let isAbandoned = true
  const driving = offpeak
    .drive({
      runIds,
      signal,
      ...(detach
        ? { until: async () => (await Promise.all(runIds.map(offpeak.status))).every(allSent) }
        : {}),
    })
    .catch(fail)
    .then(() => void (isAbandoned = false))
  await Promise.race([
    driving,
    ...(leaveStuck ? [untilStuck(offpeak, runIds, over.signal, () => stuck.abort()).catch(fail)] : []),
  ])
  over.abort()
  await watching
  const patient = <Result>(act: () => Promise<Result>): Promise<Result> => outlast(act, interrupt)
  let statuses: readonly RunStatus[]
  try {
    statuses = await patient(() => Promise.all(runIds.map(offpeak.status)))
  } catch (thrown) {
    progress.stop()
    if (!interrupt.aborted || !maySucceedLater(thrown)) throw failure ?? thrown
    return { exit: leftUnseen(context, runIds, thrown), next: [], isAbandoned }
  }
  progress.stop()
  const ending = { failure, interrupt, patient, isStuck: stuck.signal.aborted, waitMs, detach }
  const ends: { readonly exit: number; readonly left: boolean }[] = []
  for (const status of statuses) ends.push(await endOf(context, offpeak, status, ending))
  const isLeft = ends.some(({ left }) => left)
  const next = isLeft ? [] : await patient(() => offpeak.followers(runIds))
  return { exit: Math.max(...ends.map(({ exit }) => exit)), next, isAbandoned }
}

interface Ending extends Pick<CarryOptions, 'waitMs' | 'detach'> {
  readonly failure: unknown
  readonly interrupt: AbortSignal
  /** Reads the state, however long that takes. */
  readonly patient: <Result>(act: () => Promise<Result>) => Promise<Result>
  readonly isStuck: boolean
}

/** Lets go when nothing of the runs moves any more; ends a while later, whatever does not come to its end. */
async function untilStuck(
  offpeak: Project,
  runIds: readonly string[],
  over: AbortSignal,
  letGo: () => void,
): Promise<void> {
  const look = new Stuck(offpeak)
  while (!over.aborted) {
    const found = await outlast(() => Promise.all(runIds.map((runId) => look.isStuck(runId))), over)
    if (found.every(Boolean)) break
    await sleep(1_000, undefined, { signal: over }).catch(() => undefined)
  }
  if (over.aborted) return
  letGo()
  await sleep(lettingGoMs, undefined, { signal: over }).catch(() => undefined)
}

/** Says how one run ended, or that it goes on. */
async function endOf(
  context: CommandContext,
  offpeak: Project,
  status: RunStatus,
  { failure, interrupt, patient, isStuck, waitMs, detach }: Ending,
): Promise<{ readonly exit: number; readonly left: boolean }> {
  if (status.state === 'done' || status.state === 'cancelled')
    return { exit: await finished(context, offpeak, status, patient), left: false }
  if (failure !== null) return { exit: failed(context, status, failure), left: true }
  if (status.state === 'paused') return { exit: paused(context, status), left: true }
  if (isStuck && !interrupt.aborted) return { exit: leftStuck(context, status), left: true }
  const own = offpeak.isSimulated && (await offpeak.emulator())?.own === true
  const lines = leftRunning(status, own)
  if (!context.globals.json)
    for (const wait of waitsOf(status).filter(({ for: kind }) => isTrouble(kind)))
      context.say(`  ${waitWords(wait)} (${waitTimes(wait, context.io.now())})`)
  if (context.globals.json) context.printJson(status)
  else if (detach && !interrupt.aborted) context.say(lines('Detached.'))
  else
    context.say(
      interrupt.aborted
        ? lines('Detached, nothing cancelled.')
        : lines(`The ${formatDuration(waitMs ?? 0)} of --wait are over.`),
    )
  context.next('Go on', `offpeak resume ${status.run}`)
  context.next('Stop', `offpeak cancel ${status.run}`)
  return { exit: interrupt.aborted ? exits.interrupted : detach ? 0 : exits.left, left: true }
}

/** Said before the first create of a run whose files may have been sent by a state that is gone. */
function olderWords({ data }: EventRow): readonly string[] {
  const { batches, requests }: { batches: number; requests: number } = JSON.parse(data)
  // A batch that its service has not read yet has no count.
  const asked = requests === 0 ? '' : ` with ${plural(requests, 'request')}`
  return [
    `This state does not know of ${plural(batches, 'file')}${asked} that ${batches === 1 ? 'was' : 'were'} sent: it was restored or made again, or another copy of the project is in use.`,
    'What is asked again continues as what was sent then; the provider is asked first.',
  ]
}

/** Somebody let go while the state could not be read. */
function leftUnseen(context: CommandContext, runIds: readonly string[], { message }: OffpeakError): number {
  context.say(
    `  Detached, nothing cancelled; how it stands cannot be read now: ${cleanLine(message)}. Nothing is lost.`,
  )
  for (const runId of runIds) context.next('Go on', `offpeak resume ${runId}`)
  return exits.interrupted
}

/** A run was asked to stop, and somebody who has a part in it does not answer. */
function leftStuck(context: CommandContext, status: RunStatus): number {
  const { run, money, batches } = status
  const now = context.io.now()
  const open = batches.filter(({ state }) => !['merged', 'void', 'fenced'].includes(state))
  const waits = waitsOf(status)
  if (context.globals.json) context.printJson(status)
  else {
    context.say(`  Run ${run} is asked to stop, and is not at its end; what is left does not answer:`)
    for (const wait of waits) context.say(`    ${waitWords(wait)} (${waitTimes(wait, now)})`)
    const silent = open.filter(({ wait }) => wait === null)
    if (waits.length === 0 || silent.length > 0)
      context.say(
        `    ${silent.length === 0 ? 'the end of the run' : plural(silent.length, 'batch', 'batches')}: no answer to what was asked last`,
      )
    context.say(
      `  Nothing is lost, and nothing more is sent; ${formatUsd(money.spentMicroUsd)} spent, ${formatUsd(money.reservedMicroUsd)} reserved.`,
    )
  }
  context.next('Go on', `offpeak resume ${run}`)
  return exits.left
}

async function finished(
  context: CommandContext,
  offpeak: Project,
  status: RunStatus,
  patient: Ending['patient'],
): Promise<number> {
  const groups = await patient(() => offpeak.groups(status.run))
  const mended = await patient(() => offpeak.mended(status.run, groups, shownGroups))
  const result = resultOf(status, mended, {
    paint: context.paint,
    columns: context.io.stdout.columns(),
  })
  if (context.globals.json) context.printJson(status)
  else {
    context.print(
      fitLines(
        context.typed(result.lines.join('\n')),
        context.io.stdout.isTty ? context.io.stdout.columns() : Infinity,
      ),
    )
    for (const [label, command] of result.next) context.next(label, command)
    if (status.simulated) context.say(await simulatedWords(offpeak, status))
  }
  await patient(() => appendStepSummary(offpeak, status.run))
  return result.exit
}

/** The last words of a run that the emulator has answered: what its answers are, and where. */
async function simulatedWords(offpeak: Project, { job: name, writes }: RunStatus): Promise<string> {
  const jobs = await offpeak.config.jobs.all()
  const job = jobs.get(name)?.job
  const places = writes || job === undefined ? [] : rehearsalWords(offpeak.config, job)
  const where = places.length === 0 ? 'where the job says' : `in ${places.join(', ')}`
  const followers = writes ? [] : jobsAfter(jobs, name).map((follower) => follower.name)
  const left =
    followers.length > 0 && (await keptApart(offpeak.config, name)) !== null
      ? ` ${followers.join(' and ')} ${followers.length === 1 ? 'does' : 'do'} not read that and ${followers.length === 1 ? 'was' : 'were'} not started; --write writes the table itself.`
      : ''
  return `  ${simulatedRun} They are ${where}.${left}`
}

/** The run waits for a person: what for is said like an error, because whoever waits for the run has to act. */
export function paused(context: CommandContext, status: RunStatus): number {
  const { io, globals } = context
  const error = pauseError(status)
  if (globals.json) context.printJson(status)
  if (error === null) {
    context.say(
      `  Run ${status.run} is built: ${plural(status.batches.length, 'file')}. Nothing has been sent.`,
    )
    context.next(
      'Send it',
      withAmount(`offpeak submit ${status.run}`, status.plan && amountOfPlan(status.plan)),
    )
    return 0
  }
  return globals.json
    ? error.exitCode
    : printFailure(io, error, { ...globals, verbose: false, money: pausedMoney(status) })
}

/** A failure on the way: the state is safe, and what was sent goes on. */
function failed(context: CommandContext, status: RunStatus, thrown: unknown): number {
  const { io, globals } = context
  const sent = status.batches.some(({ state }) => !['waiting', 'void'].includes(state))
  const money = sent
    ? `${spentWords(status.money)} · ${formatUsd(status.money.reservedMicroUsd)} reserved; nothing is lost. Go on: offpeak resume ${status.run}`
    : `Nothing was sent. Go on: offpeak resume ${status.run}`
  return printFailure(io, thrown, { ...globals, money })
}

/** Whether nothing is left that this process could send now, or in a moment. */
function allSent(status: RunStatus): boolean {
  const { batches, sourceDone } = status
  const waiting = batches.filter(({ state }) => state === 'waiting')
  if (batches.some((batch) => phaseOf(batch) === 'sending' || ['in_doubt', 'asking'].includes(batch.state)))
    return false
  return waiting.length === 0
    ? sourceDone && !isMoving(status)
    : // A wait that was begun anew, by a resume, has told nothing yet.
      waiting.every(({ reason, wait }) => reason !== null || (wait !== null && wait.tries > 0))
}

/**
 * Whether nothing of a run is with anybody else, so that its next step is its own: it sends again what is to be sent again,
 * or ends. While a batch is at the provider no file of retries is made.
 */
function isMoving({ state, wait, batches }: RunStatus): boolean {
  return (
    state === 'running' &&
    wait === null &&
    batches.every((batch) => !isRunning(batch.state) && batch.wait === null)
  )
}

/** What goes on without this process and what does not, with what each costs. */
function leftRunning(
  { batches, retrying, sourceDone, money }: RunStatus,
  emulatorStops: boolean,
): (opening: string) => string {
  const running = batches.filter(({ state }) => isRunning(state))
  const unconfirmed = batches.filter(({ state }) => state === 'creating' || state === 'in_doubt')
  const unconfirmedMost = unconfirmed.reduce((sum, { reservedMicroUsd }) => sum + reservedMicroUsd, 0)
  const waiting = batches.filter(({ state }) => state === 'waiting').length
  const asking = batches.filter(({ state }) => state === 'asking').length
  const ended = batches.filter(
    ({ state, reservedMicroUsd }) =>
      (endingIn(state) !== null || state === 'collected') && reservedMicroUsd > 0,
  )
  const atMost = running.reduce((sum, { reservedMicroUsd }) => sum + reservedMicroUsd, 0)
  const parts = [
    running.length === 0
      ? unconfirmed.length === 0
        ? 'No batch is at the provider'
        : null
      : `${plural(running.length, 'batch runs', 'batches run')} on (at most ${formatMost(atMost)})`,
    unconfirmed.length === 0
      ? null
      : `${plural(unconfirmed.length, 'creation is', 'creations are')} unconfirmed, and may be at the provider (at most ${formatMost(unconfirmedMost)})`,
    ended.length === 0
      ? null
      : `${plural(ended.length, 'batch has', 'batches have')} ended, and what was answered is not booked yet (at most ${formatMost(money.unbookedMicroUsd)})`,
    waiting === 0
      ? null
      : `${plural(waiting, 'is', 'are')} not sent and ${waiting === 1 ? 'costs' : 'cost'} nothing`,
    asking === 0
      ? null
      : `${plural(asking, 'file is', 'files are')} half asked and ${asking === 1 ? 'waits' : 'wait'}`,
    retrying === 0
      ? null
      : `${plural(retrying, 'record waits', 'records wait')} to be sent again, and cost nothing so far`,
    sourceDone ? null : 'the rest of the source is not read yet',
  ]
  const simulated =
    emulatorStops && running.length > 0
      ? '\n  The emulator stops with this process and continues with the next command.'
      : ''
  // What is at the provider, or was answered and is not read, costs as well.
  const booked = money.reservedMicroUsd > 0 ? 'booked' : 'spent'
  return (opening) =>
    `  ${opening} ${parts.filter(Boolean).join('; ')}. ${formatUsd(money.spentMicroUsd)} ${booked} so far.${simulated}`
}

/** The report in the summary of a CI step, where there is one; a summary that cannot be written fails nothing. */
export async function appendStepSummary(offpeak: Project, runId: string): Promise<void> {
  const { stepSummary } = offpeak.config.environment
  if (stepSummary === null) return
  await appendFile(stepSummary, `${reportMarkdown(await offpeak.report(runId))}\n`).catch(() => undefined)
}

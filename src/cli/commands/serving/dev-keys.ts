import type { EmbeddedEmulator } from '../../../compose/emulator.ts'
import { messageOf } from '../../../domain/errors.ts'
import { maxCostOf } from '../../../wording/amount-of-plan.ts'
import { everything } from '../../../compose/selection.ts'
import type { Project } from '../../../compose/project.ts'
import type { CommandContext } from '../../command.ts'
import { asOffpeakError, failureLines } from '../../screen/failure.ts'
import { formatUsd } from '../../../wording/amount.ts'
import { plural } from '../../../wording/count.ts'
import { type HotKey, hotKeys } from './hot-keys.ts'
import { openBrowser } from './open-browser.ts'
import { planView } from '../../screen/views/plan-view.ts'

const shownRuns = 5
const maxJobKeys = 9

export interface DevKeys {
  readonly emulator: EmbeddedEmulator
  /** The dashboard, signed in. */
  readonly link: string
  readonly jobs: readonly string[]
  readonly quit: () => void
}

/** The keys of `dev`; prints which there are. With several jobs, `p` and `r` ask for the number of one. */
export function devKeys(
  context: CommandContext,
  offpeak: Project,
  { emulator, link, jobs, quit }: DevKeys,
): Disposable {
  const { say, paintWords } = context
  let waiting: ((job: string) => Promise<void>) | null = null
  const withJob = (act: (job: string) => Promise<void>) => async (): Promise<void> => {
    const [only] = jobs
    if (only === undefined) return say('  There is no job yet: offpeak init writes one.')
    if (jobs.length === 1) return act(only)
    waiting = act
    say(
      `  Which one?  ${jobs
        .slice(0, maxJobKeys)
        .map((job, at) => `${paintWords.strong(String(at + 1))} ${job}`)
        .join('  ')}`,
    )
  }
  const chosen = (at: number): HotKey => ({
    key: String(at + 1),
    words: '',
    act: async () => {
      const [act, job] = [waiting, jobs[at]]
      waiting = null
      if (act && job !== undefined) await act(job)
    },
  })
  const keys: readonly HotKey[] = [
    { key: 'o', words: 'open the dashboard', act: () => showDashboard(context, link) },
    { key: 'p', words: 'plan', act: withJob((job) => showPlan(context, offpeak, job)) },
    { key: 'r', words: 'run', act: withJob((job) => run(context, offpeak, job)) },
    { key: 'f', words: 'make the next batch fail', act: () => failNext(context, emulator) },
    { key: 's', words: 'status', act: () => showRuns(context, offpeak) },
  ]
  say(
    `\n  Keys      ${[...keys, { key: 'q', words: 'quit' }].map(({ key, words }) => `${paintWords.strong(key)} ${words}`).join(' · ')}\n`,
  )
  return hotKeys([...keys, ...Array.from({ length: maxJobKeys }, (_, at) => chosen(at))], quit, (thrown) => {
    say(
      failureLines(asOffpeakError(thrown), {
        paint: paintWords,
        columns: context.io.stderr.columns(),
        verbose: false,
        money: 'The emulator answers, so nothing was spent.',
      }).join('\n'),
    )
  })
}

async function showDashboard({ say }: CommandContext, link: string): Promise<void> {
  if (!(await openBrowser(link))) say(`  There is no program here that opens it: ${link}`)
}

async function showPlan(
  { say, io, paintWords }: CommandContext,
  offpeak: Project,
  job: string,
): Promise<void> {
  say(
    `${planView(await offpeak.plan(job, everything), { paint: paintWords, columns: io.stderr.columns(), simulated: true })}\n`,
  )
}

/** Starts a run, or sends everything again when nothing has changed: here it costs nothing. The worker carries it. */
async function run({ say }: CommandContext, offpeak: Project, job: string): Promise<void> {
  const first = await offpeak.plan(job, everything)
  const again = first.toSend === 0 && first.unchanged > 0
  const selection = again ? { ...everything, redo: true } : everything
  const plan = again ? await offpeak.plan(job, selection) : first
  if (plan.toSend === 0)
    return say(
      `  There is nothing to send: ${plural(plan.selected, 'record')}, ${plural(plan.unusable, 'unusable one')}.`,
    )
  const { run, attached } = await offpeak.start(job, selection, plan.budgetMicroUsd ?? maxCostOf(plan), {
    plan,
  })
  const likely = plan.cost ? ` for about ${formatUsd(plan.cost.likelyMicroUsd)}, simulated` : ''
  say(
    attached
      ? `  Run ${run.id} of ${job} is already running.`
      : `  Run ${run.id} of ${job}: ${plural(plan.toSend, 'request')}${again ? ', all of them again,' : ''}${likely}.`,
  )
}

/** Half of the next batch's answers never come: what is there is merged, the rest is sent again. */
async function failNext({ say }: CommandContext, emulator: EmbeddedEmulator): Promise<void> {
  const rule = { operation: 'batch', action: { type: 'scenario', name: 'expire-partial' } }
  const answer = await fetch(`${emulator.url}/_emulator/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(rule),
  }).catch((thrown: unknown) => messageOf(thrown))
  if (typeof answer === 'string' || !answer.ok)
    return say(`  The emulator did not take it: ${typeof answer === 'string' ? answer : answer.status}`)
  say('  The next batch will expire with half of its answers. Press r and see what becomes of the rest.')
}

async function showRuns({ say }: CommandContext, offpeak: Project): Promise<void> {
  const runs = await offpeak.store.runs({ limit: shownRuns })
  if (runs.length === 0) return say('  No run yet; r starts one.')
  for (const { id } of runs) {
    const { job, state, counts, selected, needsAttention, money } = await offpeak.status(id)
    const person =
      needsAttention > 0 ? ` · ${plural(needsAttention, 'record needs', 'records need')} attention` : ''
    say(
      `  ${id}  ${job}  ${state}  ${counts.merged ?? 0} of ${plural(selected, 'record')} merged${person} · ${formatUsd(money.spentMicroUsd)}`,
    )
  }
}

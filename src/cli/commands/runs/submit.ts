import { awaitsSubmit, maxCostOfBuilt } from '../../../engine/control/caps.ts'
import { agreedFollowers, checkAffordable } from '../../../engine/plan/affordable.ts'
import { maxCostOfFollowers } from '../../../wording/amount-of-plan.ts'
import type { RunStatus } from '../../../engine/queries/status.ts'
import type { Project } from '../../../compose/project.ts'
import type { RunRow } from '../../../ports/state.ts'
import { batchPhases } from '../../screen/batch-phase.ts'
import { phaseOf } from '../../../wording/batch-phase.ts'
import { followRun } from './follow-run.ts'
import { chooseRun } from './choose-run.ts'
import { command, type CommandContext } from '../../command.ts'
import { type Ask, consent, consentFlags } from './consent.ts'
import { durationFlag } from '../../../wording/commands/flags.ts'
import { formatBytes } from '../../../wording/bytes.ts'
import { formatCount, plural } from '../../../wording/count.ts'
import { formatMost, formatUsd } from '../../../wording/amount.ts'
import { thenWords } from '../../screen/views/plan-view.ts'
import { table } from '../../screen/table.ts'
import { exits } from '../../exit-codes.ts'

const submit = command({
  name: 'submit',
  summary: 'send the files that were built',
  group: 'Step by step',
  arguments: [
    { syntax: '[run]', summary: 'a run that offpeak build has made (or the start of its id, or its job)' },
  ],
  options: {
    ...consentFlags,
    wait: durationFlag(
      '--wait <duration>',
      'stay and merge for so long (exit 7); else leave when everything that may go out is sent',
    ),
  },
  examples: [
    "offpeak submit 7k2m --max-cost '$90'",
    'offpeak submit 7k2m --yes --wait 12h',
    'offpeak status 7k2m',
    'offpeak resume 7k2m',
  ],
  notes: [
    'Uploads the files, creates one batch for each and prints the ids under which the provider knows them. `offpeak resume` or a worker polls and merges later. Calling it again sends nothing twice.',
  ],
  async run(context, [named], options) {
    const offpeak = await context.open()
    const run = await chooseRun(offpeak, named)
    if (awaitsSubmit(run)) {
      const agreed = await consent(context, await ask(offpeak, run, options))
      if (agreed === 'declined') return exits.declined
      const after = maxCostOfFollowers({ followers: agreedFollowers(run) })
      await offpeak.resume(run.id, agreed.capMicroUsd, {
        followersMicroUsd: options.maxCost === null ? after : 0,
      })
    } else context.say(`  Run ${run.id} was submitted before; nothing is sent twice.`)
    const exit = await followRun(context, offpeak, {
      runIds: [run.id],
      waitMs: options.wait,
      detach: options.wait === null,
    })
    if (!context.globals.json) context.show(batchTable(context, await offpeak.status(run.id)))
    return exit
  },
})
export { submit as command }

async function ask(
  offpeak: Project,
  run: RunRow,
  { maxCost, yes }: { readonly maxCost: number | null; readonly yes: boolean },
): Promise<Ask> {
  const batches = await offpeak.store.batches(run.id)
  const { plan } = await offpeak.status(run.id)
  const requests = batches.reduce((sum, batch) => sum + batch.requests, 0)
  const atMostMicroUsd = maxCostOfBuilt(batches, plan)
  if (plan) checkAffordable(plan, maxCost ?? plan.budgetMicroUsd ?? atMostMicroUsd, formatUsd)
  const budgetMicroUsd = plan?.budgetMicroUsd ?? null
  const mostMicroUsd =
    atMostMicroUsd === null ? budgetMicroUsd : Math.min(atMostMicroUsd, budgetMicroUsd ?? Infinity)
  const likely = plan?.cost
    ? `about ${formatUsd(plan.cost.likelyMicroUsd)} (${mostMicroUsd === null ? 'with no upper bound' : `at most ${formatMost(mostMicroUsd)}${mostMicroUsd === atMostMicroUsd ? '' : ", the job's budget"}`})`
    : 'an unknown amount'
  return {
    maxCostMicroUsd: maxCost,
    yes,
    agreedMicroUsd: budgetMicroUsd,
    atMostMicroUsd,
    followersMicroUsd: maxCostOfFollowers({ followers: agreedFollowers(run) }),
    question: `Send ${plural(requests, 'request')} in ${plural(batches.length, 'file')} for ${likely}${thenWords(agreedFollowers(run))}?`,
  }
}

/** The batches of a run with the ids under which the provider knows them. */
function batchTable({ paint, io }: CommandContext, { batches }: RunStatus): string {
  type Batch = (typeof batches)[number]
  const columns = [
    { title: 'Batch', value: (batch: Batch) => String(batch.n), right: true },
    { title: 'Provider id', value: (batch: Batch) => batch.providerBatchId ?? '-' },
    {
      title: 'State',
      value: (batch: Batch) => batchPhases[phaseOf(batch)].words,
      paint: (text: string, batch: Batch) => paint[batchPhases[phaseOf(batch)].paint](text),
    },
    { title: 'Requests', value: (batch: Batch) => formatCount(batch.requests), right: true },
    { title: 'Size', value: (batch: Batch) => formatBytes(batch.bytes), right: true },
    { title: 'Reason', value: (batch: Batch) => batch.reason ?? '', shrink: true },
  ]
  return table(columns, batches, { paint, width: io.stdout.columns() })
}

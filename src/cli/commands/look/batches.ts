import { type Account, accountsOf } from '../../../compose/accounts.ts'
import { OffpeakError } from '../../../domain/errors.ts'
import { adoptOrphan, compareBatches, type RemoteBatches } from '../../../engine/cleanup/remote-batches.ts'
import type { Project } from '../../../compose/project.ts'
import type { Provider } from '../../../ports/provider/provider.ts'
import type { RemoteBatch } from '../../../ports/provider/batch-service.ts'
import { batchesOfProject } from '../../../engine/cleanup/adopt-project.ts'
import { plural } from '../../../wording/count.ts'
import { exits } from '../../exit-codes.ts'
import { batchesView } from './batches-view.ts'
import { cancelOrphans } from '../runs/cancel-orphans.ts'
import { command, type CommandContext } from '../../command.ts'
import { textFlag, yesFlag } from '../../../wording/commands/flags.ts'

const dayMs = 86_400_000
const lookBackDays = 7

const batches = command({
  name: 'batches',
  summary: "the provider's list next to ours, and what is orphaned",
  group: 'Provider',
  options: {
    job: textFlag('--job <job>', 'only the account that this job uses'),
    all: yesFlag('--all', `all that the provider lists, not only those of the last ${lookBackDays} days`),
    adopt: textFlag('--adopt <batch>', 'give an orphaned batch to the attempt that waits for it'),
    adoptProject: textFlag(
      '--adopt-project <id>',
      'take over the batches of a project whose state and files are lost, which this one was',
    ),
    cancelOrphans: yesFlag('--cancel-orphans', 'cancel orphaned batches at the provider, and nothing else'),
    yes: yesFlag('-y, --yes', 'do not ask'),
  },
  examples: ['offpeak batches', 'offpeak batches --all --json', 'offpeak batches --cancel-orphans'],
  notes: [
    'An orphaned batch carries the mark of this state, and no attempt has it: its creation was unconfirmed, or another copy of this state made it. Batches of others are counted and never touched.',
    'What a state that is gone has sent (this one was restored, or is new) is no orphan: the job continues with it when it is run or resumed, and --cancel-orphans leaves it alone.',
    'Another project whose batches are listed is a colleague who uses the same key, or this one before all of its `.offpeak` was lost. With --adopt-project its batches are continued, cancelled and removed as those of this one: only when it is certain that nobody else works with it.',
    '--adopt works while the attempt that made the batch waits for it; a run that continues does the same automatically.',
  ],
  async run(context, _args, options) {
    const offpeak = await context.open()
    const loaded =
      options.job === null
        ? [...(await offpeak.config.jobs.all()).values()]
        : [await offpeak.job(options.job)]
    const { accounts, skipped } = await accountsOf(offpeak.flow, loaded)
    for (const { job, reason } of skipped) context.say(`  ! not looked at for job ${job}: ${reason}`)
    if (options.adopt !== null) return adopt(context, offpeak, accounts, options.adopt)
    if (options.adoptProject !== null)
      return adoptProject(context, offpeak, accounts, { id: options.adoptProject, yes: options.yes })
    const since = options.all ? 0 : context.io.now() - lookBackDays * dayMs
    const found: { account: Account; seen: RemoteBatches }[] = []
    for (const account of accounts)
      found.push({ account, seen: await compareBatches(offpeak.flow, account, since) })
    if (options.cancelOrphans) return cancelOrphans(context, offpeak, found, options.yes)
    if (context.globals.json)
      context.printJson({
        schema: 'offpeak.batches/2',
        since: options.all ? null : new Date(since).toISOString(),
        accounts: found.map(({ account, seen }) => ({ ...asJson(seen), jobs: account.jobs })),
        skipped,
      })
    else {
      const { paint, io } = context
      if (found.length === 0) context.say('  No job files were found.')
      for (const { seen } of found)
        context.show(batchesView(seen, { paint, columns: io.stdout.columns(), now: io.now() }))
      hints(
        context,
        found.flatMap(({ seen }) => seen.orphans),
      )
    }
    return 0
  },
})
export { batches as command }

function asJson({
  provider,
  account,
  ours,
  orphans,
  foreign,
  otherProjects,
  unlisted,
}: RemoteBatches): object {
  return {
    provider,
    account,
    ours,
    orphans: orphans.map(({ batch, run, attempt, adoptable, goesOnIn }) => ({
      batch,
      run: run?.id ?? null,
      file: attempt?.batchN ?? null,
      adoptable,
      goesOnIn,
    })),
    foreign,
    otherProjects,
    unlisted,
  }
}

function hints(context: CommandContext, orphans: RemoteBatches['orphans']): void {
  const adoptable = orphans.find(({ adoptable }) => adoptable)
  if (adoptable) context.next('Take over', `offpeak batches --adopt ${adoptable.batch.id}`)
  const before = orphans.find(({ goesOnIn }) => goesOnIn !== null)
  if (before) context.next('Go on', `offpeak ${before.run === null ? 'run' : 'resume'} ${before.goesOnIn}`)
  if (orphans.some(({ adoptable, goesOnIn }) => !adoptable && goesOnIn === null))
    context.next('Cancel', 'offpeak batches --cancel-orphans')
}

async function adopt(
  context: CommandContext,
  offpeak: Project,
  accounts: readonly Account[],
  id: string,
): Promise<number> {
  const { batch, provider } = await findBatch(accounts, id)
  const before = await offpeak.store.attemptsWith('providerBatchId', [id])
  const { runId, batchN, state } = await adoptOrphan(offpeak.flow, provider, batch)
  const already = before.length > 0
  if (context.globals.json)
    context.printJson({ schema: 'offpeak.adopted/2', batch: id, run: runId, file: batchN, state, already })
  else
    context.say(
      already
        ? `  ${id} is file ${batchN} of run ${runId} already (${state}).`
        : `  ${id} is file ${batchN} of run ${runId} now (${batch.state} at the provider).`,
    )
  context.next('Go on', `offpeak resume ${runId}`)
  return 0
}

/** Makes a lost project's batches ours, once a person has agreed: nobody is to fetch or clean up for two. */
async function adoptProject(
  context: CommandContext,
  { flow, store }: Project,
  accounts: readonly Account[],
  { id, yes }: { readonly id: string; readonly yes: boolean },
): Promise<number> {
  const found = await batchesOfProject(
    flow,
    accounts.map(({ provider }) => provider),
    id,
  )
  const requests = found.reduce((sum, { counts }) => sum + (counts?.total ?? 0), 0)
  const what = `${plural(found.length, 'batch', 'batches')}${requests > 0 ? ` with ${plural(requests, 'request')}` : ''} of project ${id}`
  if (!yes && context.mayAsk) {
    context.say(`  ${what} would be continued, cancelled and removed from here on.`)
    const answer = await context.io.ask('  Does nobody else work with it?  y/N  ')
    if (!/^y(es)?$/i.test(answer?.trim() ?? '')) {
      context.say('  Nothing was changed.')
      return exits.declined
    }
  }
  await store.adoptProject(id)
  const jobs = [...new Set(found.flatMap(({ metadata }) => metadata['offpeak_job'] ?? []))]
  if (context.globals.json)
    context.printJson({
      schema: 'offpeak.adopted-project/1',
      project: id,
      batches: found.length,
      requests,
      jobs,
    })
  else context.say(`  ${what} ${found.length === 1 ? 'is' : 'are'} of this one now. No money has moved.`)
  for (const job of jobs) {
    const [live] = await store.runs({ job, live: true, limit: 1 })
    context.next('Go on', live ? `offpeak resume ${live.id}` : `offpeak run ${job}`)
  }
  return 0
}

/** Asks every account. Throws E_USAGE when none has it. */
async function findBatch(
  accounts: readonly Account[],
  id: string,
): Promise<{ readonly batch: RemoteBatch; readonly provider: Provider }> {
  for (const { provider } of accounts) {
    const reply = await provider.batch(id)
    if (reply.kind === 'accepted') return { batch: reply.value, provider }
  }
  throw new OffpeakError('E_USAGE', `no provider of this project has a batch ${id}`, {
    fix: 'offpeak batches --all lists them',
  })
}

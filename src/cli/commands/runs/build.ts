import { constants, copyFile, mkdir } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { OffpeakError } from '../../../domain/errors.ts'
import { maxCostOfBuilt } from '../../../engine/control/caps.ts'
import { requestFile } from '../../../engine/files/durable-file.ts'
import { whyNothing } from '../../../engine/plan/why-nothing.ts'
import type { Plan } from '../../../engine/plan/plan.ts'
import type { Project } from '../../../compose/project.ts'
import type { Selection } from '../../../compose/selection.ts'
import type { RunRow } from '../../../ports/state.ts'
import { command, type CommandContext } from '../../command.ts'
import { textFlag } from '../../../wording/commands/flags.ts'
import { formatBytes } from '../../../wording/bytes.ts'
import { formatCount, plural } from '../../../wording/count.ts'
import { formatMost } from '../../../wording/amount.ts'
import { agreedFollowers } from '../../../engine/plan/affordable.ts'
import { maxCostOfFollowers } from '../../../wording/amount-of-plan.ts'
import { withAmount } from '../../../wording/commands/command-line.ts'
import { leftOutLines, paidBeforeWords } from '../../screen/views/plan-view.ts'
import { readSelection } from './selection.ts'
import { selectionFlags } from '../../../wording/commands/selection-flags.ts'
import { table } from '../../screen/table.ts'
import { exits } from '../../exit-codes.ts'
import { forceFlag, noteOwnFile, requireOwnFile } from '../look/own-file.ts'

/** One file of requests as it will be uploaded. */
interface BuiltFile {
  readonly batch: number
  readonly file: string
  readonly requests: number
  readonly bytes: number
  readonly maxCostMicroUsd: number
}

const build = command({
  name: 'build',
  summary: 'build the files of a run and send nothing',
  group: 'Step by step',
  arguments: [{ syntax: '<job>', summary: 'the name of a job; offpeak jobs lists them' }],
  options: {
    ...selectionFlags,
    out: textFlag('--out <dir>', 'also copy the files here, as <job>-<run>-<n>.jsonl'),
    force: forceFlag,
  },
  examples: ['offpeak build headnotes', 'offpeak build headnotes --limit 100 --out output/headnotes'],
  notes: [
    'Reads the source, renders every record and writes the JSONL files that would be uploaded, split by the limits of the provider. Nothing is sent and nothing is spent until `offpeak submit`. An interrupted build continues when the command is called again.',
  ],
  async run(context, [name = ''], options) {
    const offpeak = await context.open()
    const selection = await readSelection(context, options)
    const run = (await heldRun(offpeak, name)) ?? (await begin(context, offpeak, name, selection))
    if (run === null) return 0
    const signal = context.interruptible(() =>
      context.say('  Stopping. The same command continues from here.'),
    )
    await offpeak.drive({ runIds: [run.id], signal })
    const built = await offpeak.find(run.id)
    if (signal.aborted && built.state === 'building') return exits.interrupted
    if (built.pauseKind !== null && built.pauseKind !== 'submit')
      throw new OffpeakError('E_JOB_INVALID', `the build stopped: ${built.pauseReason}`, {
        where: `run ${run.id}`,
      })
    return show(context, offpeak, built, await files(context, offpeak, built, options))
  },
})
export { build as command }

/** The run of the job that is being built or was built; null when the job has no live run. */
async function heldRun(offpeak: Project, name: string): Promise<RunRow | null> {
  const { job } = await offpeak.job(name)
  const [live] = await offpeak.store.runs({ job: job.name, live: true, limit: 1 })
  if (!live || live.hold === 1) return live ?? null
  throw new OffpeakError('E_RUN_STATE', `run ${live.id} of ${job.name} is running`, {
    fix: `offpeak resume ${live.id}, or offpeak cancel ${live.id} first`,
  })
}

async function begin(
  context: CommandContext,
  offpeak: Project,
  name: string,
  selection: Selection,
): Promise<RunRow | null> {
  const plan: Plan = await offpeak.plan(name, selection)
  if (plan.toSend > 0 || !plan.exact)
    return (await offpeak.start(name, { ...selection, hold: true }, null, { plan })).run
  if (context.globals.json)
    context.printJson({
      schema: 'offpeak.build/2',
      run: null,
      job: name,
      files: [],
      requests: 0,
      bytes: 0,
      unusable: plan.unusable,
    })
  const leftOut = [
    ...(plan.paidBefore === null ? [] : [paidBeforeWords(plan.paidBefore, plan.job)]),
    ...leftOutLines(plan),
  ]
  context.say(
    leftOut.length > 0
      ? `  Nothing to build: ${leftOut.join('\n').replaceAll('\n', '\n  ')}`
      : `  Nothing to build: ${whyNothing(plan)}.`,
  )
  return null
}

async function files(
  context: CommandContext,
  offpeak: Project,
  run: RunRow,
  { out, force }: { readonly out: string | null; readonly force: boolean },
): Promise<readonly BuiltFile[]> {
  const cwd = resolve(context.io.cwd, context.globals.cwd)
  const directory = out === null ? null : resolve(cwd, out)
  if (directory !== null) await mkdir(directory, { recursive: true })
  const built: BuiltFile[] = []
  for (const { n, tag, requests, bytes, maxCostMicroUsd } of await offpeak.store.batches(run.id)) {
    let file = requestFile(offpeak.config.filesDir, tag)
    if (directory !== null) {
      const copy = join(directory, `${run.job}-${run.id}-${n}.jsonl`)
      await requireOwnFile(copy, offpeak, force)
      // A copy, never a link: what is uploaded must not change under somebody's editor.
      await copyFile(file, copy, constants.COPYFILE_FICLONE)
      await noteOwnFile(copy, offpeak)
      file = copy
    }
    built.push({ batch: n, file: relative(cwd, file) || file, requests, bytes, maxCostMicroUsd })
  }
  return built
}

async function show(
  context: CommandContext,
  offpeak: Project,
  run: RunRow,
  built: readonly BuiltFile[],
): Promise<number> {
  const { globals, io, paint, print, say } = context
  const { counts, plan } = await offpeak.status(run.id)
  const unusable = (counts.unrenderable ?? 0) + (counts.oversize ?? 0)
  const sum = (value: (file: BuiltFile) => number): number =>
    built.reduce((total, file) => total + value(file), 0)
  const [requests, bytes] = [sum((file) => file.requests), sum((file) => file.bytes)]
  const maxCostMicroUsd = maxCostOfBuilt(await offpeak.store.batches(run.id), plan)
  const most =
    maxCostMicroUsd === null ? 'for an amount that nothing bounds' : `at most ${formatMost(maxCostMicroUsd)}`
  if (globals.json)
    context.printJson({
      schema: 'offpeak.build/2',
      run: run.id,
      job: run.job,
      files: built,
      requests,
      bytes,
      maxCostMicroUsd,
      unusable,
    })
  else {
    const columns = [
      { title: 'Batch', value: (file: BuiltFile) => String(file.batch), right: true },
      { title: 'Requests', value: (file: BuiltFile) => formatCount(file.requests), right: true },
      { title: 'Size', value: (file: BuiltFile) => formatBytes(file.bytes), right: true },
      { title: 'File', value: (file: BuiltFile) => file.file },
    ]
    print(table(columns, built, { paint, width: io.stdout.columns() }))
  }
  say(
    `  Run ${run.id} is built: ${plural(requests, 'request')} in ${plural(built.length, 'file')}, ${formatBytes(bytes)}, ${most}. Nothing was sent.`,
  )
  if (unusable > 0) say(`  ${plural(unusable, 'record')} could not be used: offpeak errors ${run.id}`)
  const after = maxCostOfFollowers({ followers: agreedFollowers(run) })
  context.next(
    'Send',
    withAmount(`offpeak submit ${run.id}`, maxCostMicroUsd === null ? null : maxCostMicroUsd + after),
  )
  context.next('Drop', `offpeak cancel ${run.id}`)
  return unusable > 0 ? exits.needsAttention : 0
}

import { type Accounts, accountsOf } from '../../compose/accounts.ts'
import type { Provider } from '../../ports/provider/provider.ts'
import { deleteRemoteFiles, type RemoteFileStatus, remoteFiles } from '../../engine/cleanup/remote-files.ts'
import { type Remains, remains, removeRemains } from '../../engine/cleanup/remains.ts'
import { type OldFiles, oldFiles, removeOldFiles } from '../../engine/cleanup/retention.ts'
import { adoptFilesDirectory } from '../../engine/files/project-marker.ts'
import type { Project } from '../../compose/project.ts'
import { command, type CommandContext } from '../command.ts'
import { durationFlag, yesFlag } from '../../wording/commands/flags.ts'
import { formatAgo } from '../screen/format.ts'
import { formatBytes } from '../../wording/bytes.ts'
import { formatDuration } from '../../wording/duration.ts'
import { plural } from '../../wording/count.ts'
import { table } from '../screen/table.ts'
import { exits } from '../exit-codes.ts'

const clean = command({
  name: 'clean',
  summary: 'remove files of ended runs, here and at the provider',
  group: 'Project',
  options: {
    remoteFiles: yesFlag('--remote-files', 'also files of ours at the provider that nothing needs any more'),
    olderThan: durationFlag(
      '--older-than <duration>',
      'of runs that ended longer ago (else `retention` of the config)',
    ),
    adoptFiles: yesFlag(
      '--adopt-files',
      'make the files directory seen here that of the project, when the one before is lost for good',
    ),
    dryRun: yesFlag('--dry-run', 'show what would be removed, and remove nothing'),
    yes: yesFlag('-y, --yes', 'do not ask'),
  },
  examples: [
    'offpeak clean --dry-run',
    'offpeak clean --older-than 7d',
    'offpeak clean --remote-files --yes',
  ],
  notes: [
    'Removes the requests and answers of runs that have ended. What the state says of each record stays; its prompt and answer are gone, so that `merge`, `retry` and the outputs of `results` are no longer possible for these runs. Files that a run needs which continues, or a batch at the provider, are never removed. Files of runs that this state does not know, and notes of what was sent, stay for at least 31 days: a state that is restored continues with them.',
    'At the provider only files named by this state, and the answers of its batches, are looked at.',
  ],
  async run(context, _args, options) {
    const offpeak = await context.open()
    if (options.adoptFiles) return adopt(context, offpeak, options)
    const keepMs = options.olderThan ?? offpeak.config.keepFilesMs
    const local = await oldFiles(offpeak.flow, keepMs, maxRuns)
    const remote = options.remoteFiles ? await remoteOf(context, offpeak, options.olderThan) : []
    const unneeded = remote.filter(({ status }) => status.keep === null)
    if (!context.globals.json) show(context, local, remote, options.remoteFiles, keepMs)
    const left = await remains(offpeak.flow, keepMs)
    if (!context.globals.json) showRemains(context, left)
    const nothing = local.length === 0 && unneeded.length === 0 && left.files.length + left.notes.length === 0
    if (options.dryRun || nothing) {
      if (context.globals.json)
        print(context, { dryRun: options.dryRun, local, left, remote, failed: new Set() })
      else if (!nothing) context.say('  Nothing was removed.')
      return 0
    }
    if (!options.yes && context.mayAsk) {
      const answer = await context.io.ask('  Remove them?  y/N  ')
      if (!/^y(es)?$/i.test(answer?.trim() ?? '')) {
        context.say('  Nothing was removed.')
        return exits.declined
      }
    }
    const removed: OldFiles[] = []
    for (let page = await removeOldFiles(offpeak.flow, keepMs); page.length > 0;) {
      removed.push(...page)
      page = await removeOldFiles(offpeak.flow, keepMs)
    }
    const gone = await removeRemains(offpeak.flow, keepMs)
    const failed = await removeRemote(offpeak, remote)
    if (context.globals.json) print(context, { dryRun: false, local: removed, left: gone, remote, failed })
    else {
      const ofRuns = removed.reduce((sum, { files }) => sum + files.length, 0)
      const files = ofRuns + gone.files.length + gone.notes.length
      context.say(
        `  Removed ${plural(files, 'file')} here${options.remoteFiles ? ` and ${plural(unneeded.length - failed.size, 'file')} at the provider` : ''}.`,
      )
      if (failed.size > 0)
        context.say(
          `  ! ${plural(failed.size, 'file')} could not be removed at the provider; try again later.`,
        )
    }
    return failed.size > 0 ? 1 : 0
  },
})
export { clean as command }

/** Requests and answers of the lost directory stay lost: what needs them says so, record by record. */
async function adopt(
  context: CommandContext,
  { flow }: Project,
  { dryRun }: { readonly dryRun: boolean },
): Promise<number> {
  const found = dryRun ? null : await adoptFilesDirectory(flow)
  if (context.globals.json)
    context.printJson({
      schema: 'offpeak.files/2',
      dryRun,
      filesDir: flow.filesDir,
      directory: found?.directory ?? null,
    })
  else
    context.say(
      dryRun
        ? `  ${flow.filesDir} would be the files directory of project ${flow.store.projectId}. Nothing was changed.`
        : `  ${flow.filesDir} is the files directory of project ${flow.store.projectId} now. Processes that see another one take no work.`,
    )
  return 0
}

const maxRuns = 10_000

interface RemoteFileHere {
  readonly provider: Provider
  readonly status: RemoteFileStatus
}

async function remoteOf(
  context: CommandContext,
  offpeak: Project,
  olderThanMs: number | null,
): Promise<readonly RemoteFileHere[]> {
  const { accounts, skipped }: Accounts = await accountsOf(offpeak.flow, [
    ...(await offpeak.config.jobs.all()).values(),
  ])
  for (const { job, reason } of skipped) context.say(`  ! not looked at for job ${job}: ${reason}`)
  const found: RemoteFileHere[] = []
  for (const { provider, jobs, others } of accounts) {
    const statuses = await remoteFiles(offpeak.flow, provider, {
      jobs,
      others,
      olderThanMs: olderThanMs ?? 0,
      unknownForMs: olderThanMs ?? offpeak.config.keepFilesMs,
    })
    found.push(...statuses.map((status) => ({ provider, status })))
  }
  return found
}

/** Returns the ids of the files that could not be removed. */
async function removeRemote(
  offpeak: Project,
  files: readonly RemoteFileHere[],
): Promise<ReadonlySet<string>> {
  const failed = new Set<string>()
  for (const [provider, ofProvider] of Map.groupBy(files, ({ provider }) => provider))
    for (const { fileId } of await deleteRemoteFiles(
      offpeak.flow,
      provider,
      ofProvider.map(({ status }) => status),
    ))
      failed.add(fileId)
  return failed
}

function showRemains(context: CommandContext, { files, bytes, notes }: Remains): void {
  if (files.length > 0)
    context.say(
      `  ${plural(files.length, 'file')} (${formatBytes(bytes)}) of runs that this state does not know.`,
    )
  if (notes.length > 0)
    context.say(`  ${plural(notes.length, 'note')} of what was sent, for which nothing can come any more.`)
}

function show(
  context: CommandContext,
  local: readonly OldFiles[],
  remote: readonly RemoteFileHere[],
  asked: boolean,
  keepMs: number,
): void {
  const { paint, io } = context
  const options = { paint, width: io.stdout.columns() }
  if (local.length === 0)
    context.say(`  No files here are of runs that ended more than ${formatDuration(keepMs)} ago.`)
  else
    context.show(
      table<OldFiles>(
        [
          { title: 'run', value: ({ run }) => run.id, paint: paint.strong },
          { title: 'job', value: ({ run }) => run.job, shrink: true },
          {
            title: 'ended',
            value: ({ run }) => formatAgo(run.finishedAt ?? run.createdAt, io.now()),
            right: true,
          },
          { title: 'files here', value: ({ files }) => String(files.length), right: true },
          { title: 'size', value: ({ bytes }) => formatBytes(bytes), right: true },
        ],
        local,
        options,
      ),
    )
  if (!asked) return
  if (remote.length === 0) context.say('  No files of ours are at the provider.')
  else
    context.show(
      table<RemoteFileHere>(
        [
          { title: 'at the provider', value: ({ provider }) => provider.name },
          { title: 'file', value: ({ status }) => status.fileId, shrink: true },
          { title: 'run', value: ({ status }) => status.run ?? '-', paint: paint.strong },
          {
            title: 'size',
            value: ({ status }) => (status.bytes === null ? '-' : formatBytes(status.bytes)),
            right: true,
          },
          {
            title: '',
            value: ({ status }) => (status.keep === null ? 'not needed' : `stays: ${status.keep}`),
            paint: (text, { status }) => (status.keep === null ? paint.warn(text) : paint.faint(text)),
            shrink: true,
          },
        ],
        remote,
        options,
      ),
    )
}

function print(
  context: CommandContext,
  {
    dryRun,
    local,
    left,
    remote,
    failed,
  }: {
    readonly dryRun: boolean
    readonly local: readonly OldFiles[]
    readonly left: Remains
    readonly remote: readonly RemoteFileHere[]
    readonly failed: ReadonlySet<string>
  },
): void {
  context.printJson({
    schema: 'offpeak.clean/2',
    dryRun,
    local: local.map(({ run, files, bytes }) => ({ run: run.id, job: run.job, files: files.length, bytes })),
    unknown: { files: left.files.length, bytes: left.bytes },
    notes: left.notes.length,
    remote: remote.map((file) => ({
      provider: file.provider.name,
      fileId: file.status.fileId,
      filename: file.status.filename,
      run: file.status.run,
      keep: file.status.keep,
      failed: failed.has(file.status.fileId),
    })),
  })
}

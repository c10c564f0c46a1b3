import { OffpeakError } from '../../../domain/errors.ts'
import type { Ingested } from '../../../engine/imports/ingest.ts'
import type { Project } from '../../../compose/project.ts'
import { followRun } from './follow-run.ts'
import type { CommandContext } from '../../command.ts'
import { textFlag, textsFlag } from '../../../wording/commands/flags.ts'
import { cleanLine } from '../../screen/clean.ts'
import { plural } from '../../../wording/count.ts'
import { readSelection } from './selection.ts'

/** How the answers of another system are read. */
export const broughtFlags = {
  key: textFlag('--key <template>', "what the ids of the requests look like, as 'case-{id}'; needed"),
  textAs: textFlag('--text-as <field>', 'the answers are plain text: each becomes this field of the output'),
  params: textsFlag('-p, --param <k=v>', 'a parameter of the job; k:=v reads v as JSON'),
} as const

export interface BroughtOptions {
  readonly key: string | null
  readonly textAs: string | null
  readonly params: readonly string[]
}

/** The template of the ids. Throws E_USAGE without one. */
export function requireKey({ key }: Pick<BroughtOptions, 'key'>, what: string): string {
  if (key !== null) return key
  throw new OffpeakError('E_USAGE', `${what} needs --key`, {
    fix: "--key 'case-{id}': what the ids look like, with the row's fields in braces",
  })
}

/** The import of answers that another system has paid for, and the run that writes them, followed. Nothing is sent. */
export async function bringAnswers(
  context: CommandContext,
  offpeak: Project,
  job: string,
  paths: readonly string[],
  options: BroughtOptions,
): Promise<number> {
  const { params } = await readSelection(context, {
    params: options.params,
    since: null,
    limit: null,
    only: [],
    redo: false,
    payAgain: false,
    keep: false,
    write: false,
  })
  const template = requireKey(options, 'this')
  const how = { template, params, textAs: options.textAs }
  const brought = await offpeak.ingest(job, paths, how, new AbortController().signal)
  for (const { path, line, reason } of brought.problems)
    context.say(context.paintWords.warn(`  ! ${path}:${line} is not used: ${reason}`))
  const { run, taken } = brought
  const opening = taken === 0 ? 'Nothing is taken' : `Run ${run.id} takes ${plural(taken, 'answer')}`
  context.say(`  ${opening}${leftWords(brought)}. Nothing is sent.`)
  for (const id of brought.takenBy) context.next('Again', `offpeak merge ${id}`)
  if (taken === 0) {
    if (context.globals.json) context.printJson(await offpeak.status(run.id))
    return 0
  }
  const exit = await followRun(context, offpeak, { runIds: [run.id], waitMs: null, detach: false })
  for (const { job: next } of (await offpeak.followersOf(job)).slice(0, 1))
    context.next('Then', `offpeak plan ${next}`)
  return exit
}

/** What became of the answers that the run does not take. */
function leftWords({
  takenBefore,
  takenBy,
  done,
  unmatched,
  unmatchedIds,
  ambiguous,
  unusable,
}: Ingested): string {
  return [
    takenBefore === 0
      ? ''
      : `; ${plural(takenBefore, 'answer was', 'answers were')} taken from the same file by run ${takenBy.join(', ')}`,
    done === 0
      ? ''
      : `; the ${done === 1 ? 'record' : 'records'} of ${plural(done, 'answer')} ${done === 1 ? 'is' : 'are'} done and unchanged`,
    unmatched === 0
      ? ''
      : `; ${plural(unmatched, 'answer has', 'answers have')} no record in the source, as ${unmatchedIds.map(cleanLine).join(', ')}`,
    ambiguous === 0
      ? ''
      : `; ${plural(ambiguous, 'answer is', 'answers are')} for a whole of which the job makes parts, and left out`,
    unusable === 0 ? '' : `; ${plural(unusable, 'line is', 'lines are')} no answer or a second one`,
  ].join('')
}

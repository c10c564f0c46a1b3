import type { SinkContext, SinkDefinition, Values } from '../../ports/job.ts'

/** What a sink definition makes of an accepted output. */
export function sinkValues<Context extends SinkContext<unknown, unknown>>(
  to: SinkDefinition<Context>,
  context: Context,
): Values {
  if ('file' in to)
    return { file: to.file(context), content: to.content ? to.content(context) : context.output }
  if ('set' in to) return to.set(context)
  if ('sink' in to) return to.values ? to.values(context) : { output: context.output }
  return to.line ? to.line(context) : { output: context.output }
}

/**
 * Every effect of the flow, in the order in which a run meets them. A process may die just before or just after each;
 * the crash tests kill a real one at all of them.
 */
export const effects = [
  'run.start.commit',
  'build.file.open',
  'build.file.rename',
  'build.commit',
  'admit.reserve.commit',
  'upload.intent.commit',
  'upload.post',
  'upload.record.commit',
  'intent.take.commit',
  'intent.write',
  'create.intent.commit',
  'create.post',
  'create.record.commit',
  'doubt.mark.commit',
  'doubt.list',
  'doubt.create.post',
  'doubt.adopt.commit',
  'doubt.fence.delete',
  'doubt.fence.commit',
  'doubt.replace.commit',
  'sweep.list',
  'poll.get',
  'poll.commit',
  'quota.void.commit',
  'ask.start.commit',
  'ask.note.sync',
  'ask.post',
  'ask.answer.sync',
  'ask.unsure.sync',
  'ask.answers.rename',
  'ask.commit',
  'collect.output.download',
  'collect.error.download',
  'collect.commit',
  'merge.sink.write',
  'merge.commit',
  'merge.again.commit',
  'merge.again.remove',
  'merge.settle.commit',
  'clean.remote.delete',
  'clean.commit',
  'track.write',
  'join.sink.write',
  'join.commit',
  'retry.file.rename',
  'retry.commit',
  'cancel.post',
  'cancel.void.commit',
  'finish.commit',
] as const

/** Effects of what people say of answers, outside of any run. The crash tests kill a process at these too. */
export const reviewEffects = ['review.sink.write', 'review.commit'] as const

export type Effect = (typeof effects)[number] | (typeof reviewEffects)[number]
export type CrashPoint = `${Effect}.${'before' | 'after'}`

/** The result of one effect, performed between its two crash points. */
export async function withCrashPoints<Result>(
  reach: (point: CrashPoint) => void,
  effect: Effect,
  act: () => Promise<Result>,
): Promise<Result> {
  reach(`${effect}.before`)
  const result = await act()
  reach(`${effect}.after`)
  return result
}

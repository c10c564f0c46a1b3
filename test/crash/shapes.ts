import type { CrashPoint } from '../../src/engine/crash-points.ts'
import type { Mode, Scenario } from './cell.ts'
import { bedrock, claude, gemini, mistral, ocr, unheard, unsent, xai } from './scenarios.ts'

/** A service's way of taking batches, and where a process dies that uses it. */
export interface Shape {
  readonly scenario: Scenario
  /** What goes on without a person, whatever dies there. */
  readonly points: readonly CrashPoint[]
  /** With which state and driver it is tried. */
  readonly modes: readonly Mode[]
}

const everywhere: readonly Mode[] = ['sqlite', 'pg-boss']

/** From the upload to the removal, as far as a service has a part in it. */
const common: readonly CrashPoint[] = [
  'upload.intent.commit.after',
  'upload.post.after',
  'upload.record.commit.before',
  'create.post.after',
  'create.record.commit.before',
  'create.record.commit.after',
  'doubt.list.after',
  'doubt.adopt.commit.before',
  'poll.commit.after',
  'collect.output.download.after',
  'merge.commit.after',
  'merge.settle.commit.before',
  'clean.remote.delete.after',
  'clean.commit.after',
]
/** What was not made is known not to have been made. */
const provable: readonly CrashPoint[] = [...common, 'create.intent.commit.after', 'create.post.before']
/** What was certainly not made is sent again as another attempt. */
const replacing: readonly CrashPoint[] = [
  ...provable,
  'doubt.mark.commit.after',
  'doubt.replace.commit.before',
  'doubt.replace.commit.after',
]
/** What may not have been made is asked for again with its token. */
const repeating: readonly CrashPoint[] = [...provable, 'doubt.create.post.before', 'doubt.create.post.after']

export const shapes: readonly Shape[] = [
  { scenario: claude, points: common, modes: everywhere },
  { scenario: bedrock, points: repeating, modes: everywhere },
  { scenario: gemini, points: replacing, modes: everywhere },
  { scenario: mistral, points: replacing, modes: ['sqlite'] },
  { scenario: ocr, points: replacing, modes: ['sqlite'] },
  { scenario: xai, points: replacing, modes: ['sqlite'] },
]

/** The points that a run is certain to meet with a state and driver. */
export function pointsOf({ points, scenario }: Shape, mode: Mode): readonly CrashPoint[] {
  // Where a mark tells whose a batch is, the sweep of another worker may have found it before.
  const mayBeSwept = mode === 'pg-boss' && scenario !== claude
  return mayBeSwept ? points.filter((point) => !point.startsWith('doubt.adopt')) : points
}

/** What the service does in which a point is met. */
export function scenarioAt({ scenario }: Shape, point: CrashPoint): Scenario {
  if (point.startsWith('doubt.replace') || point.startsWith('doubt.create')) return unsent(scenario)
  return point.startsWith('doubt.') ? unheard(scenario) : scenario
}

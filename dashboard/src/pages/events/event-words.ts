import type { Event } from '../../../../src/server/contract/event.ts'
import type { Shape } from '../../design/shape.tsx'
import { plural } from '../../../../src/wording/count.ts'
import { formatUsd } from '../../../../src/wording/amount.ts'
import { visibleLine } from '../../format/visible.ts'
import { batchPhases } from '../../words/batch-phase.ts'
import { phaseOf, batchStates } from '../../../../src/wording/batch-phase.ts'
import type { Tone } from '../../words/tone.ts'

export interface EventWords {
  readonly shape: Shape
  readonly tone: Tone
  readonly title: string
  /** What else is known of it. */
  readonly more: string
}

type Data = Event['data']

const kinds: Readonly<Record<string, readonly [shape: Shape, tone: Tone, title: string]>> = {
  'run.started': ['half', 'accent', 'Run started'],
  'run.held': ['pause', 'warn', 'Run built: nothing is sent before somebody submits it'],
  'run.paused': ['pause', 'bad', 'Run paused'],
  'run.resumed': ['half', 'accent', 'Run resumed'],
  'run.cancelling': ['dash', 'warn', 'Run is being cancelled'],
  'run.cancelled': ['dash', 'faint', 'Run cancelled'],
  'run.unsent': ['dash', 'warn', 'What was not sent is dropped'],
  'run.retry': ['up', 'accent', 'Sent again'],
  'run.reopened': ['up', 'accent', 'Goes on again'],
  'run.done': ['check', 'good', 'Run done'],
  'batch.built': ['dots', 'faint', 'File built'],
  'batch.cancelling': ['dash', 'warn', 'Batch is being cancelled'],
  'run.waits': ['clock', 'warn', 'Run waits'],
  'attempt.waits': ['clock', 'warn', 'Batch waits'],
  'answers.withheld': [
    'doubt',
    'bad',
    'The provider answered more than its files hold; those lines are withheld',
  ],
  'answers.accepted': ['check', 'warn', 'What is there was taken; what is missing counts as possibly paid'],
  'answers.found': ['down', 'good', 'Answers found that were given up'],
  'answers.tier': ['warn', 'bad', 'Answers came from another tier than was asked for, without its discount'],
  'account.renewed': ['check', 'accent', 'The key was changed; it reaches the same batches'],
  'quota.waiting': ['clock', 'warn', 'Waits for quota'],
  adopted: ['down', 'warn', 'Batch found and taken over'],
  'state.older': ['doubt', 'warn', 'The state does not know what was sent before'],
  'intent.taken': ['down', 'good', 'A file continues as one that was sent before'],
  'intent.dropped': [
    'doubt',
    'bad',
    'What was sent before is waited for no longer; it may be paid a second time',
  ],
  duplicate: ['warn', 'bad', 'Batch paid twice'],
  orphan: ['warn', 'bad', 'Orphaned batch found'],
  'line.unused': ['doubt', 'warn', 'Line of an answer file not used'],
  'sink.failed': ['cross', 'bad', 'The sink refused'],
  'join.failed': ['cross', 'bad', 'Parts could not be joined'],
  'chunks.old': ['dash', 'faint', 'Old chunks of texts were removed or marked'],
  'chunks.kept': ['bar', 'warn', 'Old chunks of texts could not be removed'],
  'track.failed': ['cross', 'bad', 'Could not be noted where runs are followed'],
  'follow.refused': ['bar', 'warn', 'A job that follows was not started'],
  'files.removed': ['dash', 'faint', 'Files removed'],
}

const endings = ['completed', 'failed', 'expired', 'cancelled', 'lost'] as const

/** An event as one would tell it. A kind that is not known is told by its own name. */
export function eventWords({ kind, data }: Pick<Event, 'kind' | 'data'>): EventWords {
  if (kind === 'attempt') return attemptWords(data)
  const [shape, tone, title] = (Object.hasOwn(kinds, kind) ? kinds[kind] : undefined) ?? [
    'dots',
    'plain',
    kind,
  ]
  if (kind === 'attempt.waits') {
    const { batch, ...others } = data
    return { shape, tone, title: `Batch ${told(batch)} waits`, more: rest(others) }
  }
  return { shape, tone, title, more: rest(data) }
}

function attemptWords(data: Data): EventWords {
  const { batch, attempt, state, reason, ...others } = data
  const ending = endings.find((name) => name === reason) ?? null
  const known = batchStates.find((name) => name === state)
  const why = typeof reason === 'string' ? reason : null
  const look = known === undefined ? null : batchPhases[phaseOf({ state: known, ending })]
  return {
    shape: look?.shape ?? 'dots',
    tone: look?.tone ?? 'plain',
    title: `Batch ${told(batch)} ${told(state).replaceAll('_', ' ')}`,
    more: [
      typeof attempt === 'number' && attempt > 1 ? `attempt ${attempt}` : '',
      why === null || why === state ? '' : visibleLine(why),
      rest(others),
    ]
      .filter((part) => part !== '')
      .join(' · '),
  }
}

/** Whatever else an event carries: `requests 300 · bytes 1200`. */
function rest(data: Data): string {
  return Object.entries(data)
    .filter(([, value]) => value !== null && value !== undefined && value !== '')
    .map(([name, value]) => fact(name, value))
    .join(' · ')
}

function fact(name: string, value: unknown): string {
  if (typeof value === 'number') {
    if (name.endsWith('MicroUsd')) return `${spaced(name.slice(0, -'MicroUsd'.length))} ${formatUsd(value)}`
    if (name === 'requests' || name === 'files' || name === 'records') return plural(value, name.slice(0, -1))
  }
  return name === 'message' || name === 'reason' || name === 'words'
    ? told(value)
    : `${spaced(name)} ${told(value)}`
}

function spaced(name: string): string {
  return name.replaceAll(/([A-Z])/g, ' $1').toLowerCase()
}

function told(value: unknown): string {
  return visibleLine(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))
}

import { describe, expect, test } from 'vitest'
import type { CrashPoint } from '../../src/engine/crash-points.ts'
import { openCell, type Mode } from './cell.ts'
import { checkSettled, readResult } from './check.ts'
import { limiter, untimed } from './limit.ts'
import { startWorker } from './process.ts'
import { bedrock, unsent } from './scenarios.ts'
import { pointsOf, scenarioAt, type Shape, shapes } from './shapes.ts'
import { survive, workUntilDone } from './survive.ts'

/*
 * Services that differ from OpenAI's in what they prove of a create: Anthropic's batches are known by the ids of their
 * requests alone, Bedrock's create may be repeated with its token, the others keep a mark of ours and have no fence.
 * What Anthropic cannot prove is in inline.test.ts.
 */

/** Everything, with `npm run test:crash`; else a few points of each. */
const isWhole = process.env['OFFPEAK_CRASH_MATRIX'] === 'whole'
const only = process.env['OFFPEAK_CRASH_ONLY'] ?? ''
const modes = (process.env['OFFPEAK_CRASH_MODES'] ?? 'sqlite,pg-boss').split(',')

const gate = limiter(Number(process.env['OFFPEAK_CRASH_AT_ONCE'] ?? 2))

/** The points that the ordinary run takes: the paid call, and where most depends on the service. */
const sampled: Readonly<Record<Mode, readonly CrashPoint[]>> = {
  sqlite: [
    'create.post.before',
    'create.post.after',
    'create.record.commit.before',
    'doubt.adopt.commit.before',
    'doubt.create.post.after',
    'doubt.replace.commit.after',
    'clean.remote.delete.after',
  ],
  'pg-boss': ['create.post.after'],
  postgres: [],
}

interface Cell {
  readonly name: string
  readonly mode: Mode
  readonly shape: Shape
  readonly point: CrashPoint
}

const cells = shapes.flatMap((shape): readonly Cell[] =>
  shape.modes
    .filter((mode) => modes.includes(mode))
    .flatMap((mode) =>
      pointsOf(shape, mode)
        .filter((point) => isWhole || sampled[mode].includes(point))
        .map((point) => ({ name: `${shape.scenario.name}, ${mode}, ${point}`, mode, shape, point }))
        .filter(({ name }) => name.includes(only)),
    ),
)

describe.concurrent('a run survives kill -9 at every service', () => {
  test.for(cells)('$name', { timeout: untimed }, ({ mode, shape, point }) =>
    gate(() => survive(mode, scenarioAt(shape, point), `${point}:1`)),
  )
})

test('a run whose creates are never heard of is done without a person where they may be repeated', async () => {
  const cut = unsent(bedrock)
  await using cell = await openCell('sqlite', cut)
  await workUntilDone(cell, [startWorker(cell.dir, 'run')])
  await checkSettled(cell)
  expect(await readResult(cell)).toMatchObject({ billedRequests: cut.rows, duplicateRequests: 0 })
})

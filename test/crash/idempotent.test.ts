import { describe, expect, test } from 'vitest'
import { openCell } from './cell.ts'
import { checkSettled, readResult } from './check.ts'
import { limiter } from './limit.ts'
import { startWorker } from './process.ts'
import { bedrock, neverHeard } from './scenarios.ts'
import { survive, workUntilDone } from './survive.ts'

/*
 * A service whose create may be repeated with its token: whatever is in doubt is asked for again, and makes no second
 * batch, so that nothing is held and nobody is asked.
 */

const timeout = 900_000
const gate = limiter(2)

const lostTwice = {
  ...bedrock,
  name: 'bedrock, lost response',
  faults: [{ operation: 'batches.create', when: 'after', times: 2, action: { type: 'drop' } }],
} as const

describe.concurrent('a run survives kill -9 where a create may be repeated', () => {
  test.for([
    'upload.intent.commit.after:1',
    'upload.post.after:1',
    'upload.record.commit.before:1',
    'create.intent.commit.after:1',
    'create.post.before:1',
    'create.post.after:1',
    'create.post.after:2',
    'create.record.commit.before:1',
    'create.record.commit.after:1',
    'doubt.list.after:1',
    'doubt.adopt.commit.before:1',
    'poll.commit.after:1',
    'collect.output.download.after:1',
    'merge.settle.commit.before:1',
    'clean.remote.delete.after:1',
  ])('%s', { timeout }, (crashAt) =>
    gate(() => survive('sqlite', crashAt.startsWith('doubt.') ? lostTwice : bedrock, crashAt)),
  )

  test.for(['doubt.create.post.before:1', 'doubt.create.post.after:1'])('%s', { timeout }, (crashAt) =>
    gate(() => survive('sqlite', neverHeard, crashAt)),
  )
})

test('a run whose creates are never heard of is done without a person', { timeout }, async () => {
  await using cell = await openCell('sqlite', neverHeard)
  await workUntilDone(cell, [startWorker(cell.dir, 'run')])
  await checkSettled(cell)
  expect(await readResult(cell)).toMatchObject({ billedRequests: 200, duplicateRequests: 0 })
})

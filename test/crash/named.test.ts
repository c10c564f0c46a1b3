import { describe, test } from 'vitest'
import type { Scenario } from './cell.ts'
import { limiter } from './limit.ts'
import { gemini } from './scenarios.ts'
import { survive } from './survive.ts'

/*
 * A service that keeps one name of a batch, in which our mark stands, and whose input files are no fence: what was made is
 * found by its name, and what was not made is sent again once the list has been looked through often enough.
 */

const timeout = 900_000
const gate = limiter(2)

const lostTwice: Scenario = {
  ...gemini,
  name: 'gemini, lost response',
  faults: [{ operation: 'batches.create', when: 'after', times: 2, action: { type: 'drop' } }],
}

const neverThere: Scenario = {
  ...gemini,
  name: 'gemini, lost request',
  faults: [{ operation: 'batches.create', when: 'before', times: 2, action: { type: 'drop' } }],
}

function scenarioOf(crashAt: string): Scenario {
  if (crashAt.startsWith('doubt.replace')) return neverThere
  return crashAt.startsWith('doubt.') ? lostTwice : gemini
}

describe.concurrent('a run survives kill -9 where its batch is known by its name', () => {
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
    'doubt.mark.commit.after:1',
    'doubt.list.after:1',
    'doubt.adopt.commit.before:1',
    'doubt.replace.commit.after:1',
    'poll.commit.after:1',
    'collect.output.download.after:1',
    'merge.commit.after:1',
    'merge.settle.commit.before:1',
    'clean.remote.delete.after:1',
  ])('%s', { timeout }, (crashAt) => gate(() => survive('sqlite', scenarioOf(crashAt), crashAt)))
})
